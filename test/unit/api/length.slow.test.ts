import { parseText } from '../../../src/api/text/parse.ts';
import { growth } from '../../growth.ts';

it('text from anybody takes a time that grows with its length, and no faster', () => {
  const parts = [
    'a: 1\n',
    '"',
    '!t ',
    '&a ',
    '*a',
    '\n',
    '|\n',
    '{a: b}\n',
    '}',
    'a',
    ':',
    '? a\n: b\n',
    "'x",
    '[],',
  ];
  const times = growth(4 * 1024, (length) => {
    const texts = parts.map((part) => part.repeat(length / part.length));
    return () => texts.forEach((text) => parseText('f', text));
  });
  expect(times).toBeLessThan(11);
});
