import { expand, hasBrokenVariable, variablesOf } from '../../../src/api/template.ts';

const VARIABLES = { user: 'emo', home: '/home/emo', 'port.web': '3773' };

describe('a template', () => {
  it.each([
    ['', ''],
    ['no variables, $ and {} alone: $5 $', 'no variables, $ and {} alone: $5 $'],
    ['${user}', 'emo'],
    ['${home}/.x/${user}:${port.web}', '/home/emo/.x/emo:3773'],
    ['$${user}', '${user}'],
    ['$$${user}', '$${user}'],
    ['$$ ${user}', '$$ emo'],
  ])('%j becomes %j', (text, expected) => {
    expect(expand(text, VARIABLES)).toBe(expected);
  });

  it('puts values in as they are, whatever they hold', () => {
    expect(expand('${user}', { user: '$&${home}$1' })).toBe('$&${home}$1');
  });

  it.each(['${nobody}', '${toString}', '${}', '${constructor}'])(
    'with %s, which has no value, is a fault',
    (text) => {
      expect(() => expand(text, VARIABLES)).toThrow(`expand a template: ${text} has no value here`);
    },
  );

  it('names its variables in order, with their places', () => {
    expect(variablesOf('$${a} ${b}${c} ${b}')).toEqual([
      { name: 'b', index: 6 },
      { name: 'c', index: 10 },
      { name: 'b', index: 15 },
    ]);
  });

  it.each(['a ${user', '${a b}', '${a{b}}', '${}'])('is broken by %j', (text) => {
    expect(hasBrokenVariable(text)).toBe(true);
  });

  it.each(['$${ ${user}', '${user}', '$${', '$ {'])('is not broken by %j', (text) => {
    expect(hasBrokenVariable(text)).toBe(false);
  });
});
