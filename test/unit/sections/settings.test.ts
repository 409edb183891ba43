import * as fc from '../../property.ts';
import { parse } from 'jsonc-parser';
import { settings } from '../../../src/sections/settings.ts';
import { goldenHomeFile, planOf, plans } from './build.ts';
import { binary, directory, fifo, file, link } from './tree.ts';

const at = '/home/emo/.claude/settings.json';
const golden = goldenHomeFile('/home/emo/.claude/settings.json');
const expectsKey = `${at}: no MEMORY_API_KEY, so the memory hooks do nothing until an admin mints one`;

/** A policy with one merge into rc.json. */
const merges = (declared: object) => ({
  policy: { settings: [{ name: 'tool', path: 'rc.json', ...declared }] },
});
const hook = {
  elements: [{ pointer: '/hooks/Stop', unlessContains: 'learn', value: { run: '${user}/learn' } }],
};

/** What becomes of a text. */
function merged(text: string, declared: object = hook): string {
  const { actions, troubles } = planOf(settings, merges(declared), { home: { 'rc.json': text } });
  expect(troubles).toEqual([]);
  const [action] = actions;
  return action?.kind === 'write-file' ? action.content : text;
}

describe('the settings of the example', () => {
  plans(settings, {
    'are those of the program before, to the byte, where there were none': {
      actions: [
        {
          kind: 'write-file',
          path: at,
          content: golden,
          mode: 0o600,
          directoryMode: 0o755,
          before: { kind: 'absent' },
          sensitive: true,
        },
      ],
      notes: [expectsKey],
    },
    'are the same in an empty file': {
      found: { home: { '.claude/settings.json': file('', 0o600) } },
      actions: [{ content: golden, before: { kind: 'text', text: '' } }],
      notes: [expectsKey],
    },
    'that are there need nothing': {
      found: { home: { '.claude/settings.json': file(golden, 0o600) } },
      notes: [expectsKey],
    },
    'are complete with the key that an admin adds': {
      found: {
        home: {
          '.claude/settings.json': file(golden.replace('{', '{"env": {"MEMORY_API_KEY": "x"},'), 0o600),
        },
      },
    },
    'get their bits back': {
      found: { home: { '.claude/settings.json': file(golden) } },
      actions: [{ kind: 'set-mode', path: at, mode: 0o600 }],
      notes: [expectsKey],
    },
  });
});

describe('a merge leaves everything else to the byte', () => {
  it.each([
    ['an object on one line', '{"model": "opus",   "big": 12345678901234567890}', '{"model": "opus",   "big": 12345678901234567890, "hooks": {"Stop":[{"run":"emo/learn"}]}}'],
    ['an array on one line', '{"hooks":{"Stop":[ 1.0 ]}}', '{"hooks":{"Stop":[ 1.0, {"run":"emo/learn"} ]}}'],
    ['tabs', '{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{\n\t\t\t\t"run": "emo/learn"\n\t\t\t}\n\t\t]\n\t}\n}\n'],
    ['four blanks', '{\n    "hooks": {}\n}', '{\n    "hooks": {\n        "Stop": [\n            {\n                "run": "emo/learn"\n            }\n        ]\n    }\n}'],
    ['CRLF', '{\r\n  "hooks": {\r\n    "Stop": []\r\n  }\r\n}\r\n', '{\r\n  "hooks": {\r\n    "Stop": [\r\n      {\r\n        "run": "emo/learn"\r\n      }\r\n    ]\r\n  }\r\n}\r\n'],
    ['comments and a trailing comma', '{\n  // first\n  "a": 1, // one\n  /* last */\n}', '{\n  // first\n  "a": 1, // one\n  /* last */\n  "hooks": {\n    "Stop": [\n      {\n        "run": "emo/learn"\n      }\n    ]\n  }\n}'],
    ['a comment after the last member', '{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "hooks": {\n    "Stop": [\n      {\n        "run": "emo/learn"\n      }\n    ]\n  }\n}'],
    ['a comment on the first line', '{"hooks": {"Stop": [1 // one\n]}}', '{"hooks": {"Stop": [1, // one\n  {\n    "run": "emo/learn"\n  }\n]}}'],
    ['a key that is there twice, of which the last counts', '{"hooks":{"Stop":["learn"]},"hooks":{}}', '{"hooks":{"Stop":["learn"]},"hooks":{\n  "Stop": [\n    {\n      "run": "emo/learn"\n    }\n  ]\n}}'],
  ])('of %s', (_what, text, wanted) => {
    expect(merged(text)).toBe(wanted);
    expect(merged(wanted)).toBe(wanted);
  }); // prettier-ignore

  it.each([
    ['the element in another form', '{"hooks":{"Stop":[{"hooks":[{"command":"bash -c learn.py"}]}]}}'],
    ['the element as a plain string', '{"hooks":{"Stop":["x learn x"]}}'],
  ])('of %s, which needs no other', (_what, text) => {
    expect(merged(text)).toBe(text);
  });

  it('of a text that only has the element as the name of a member', () => {
    expect(merged('{"hooks":{"Stop":[{"learn":1}]}}')).toContain('emo/learn');
  });

  it('whatever the text is, and once only', () => {
    const value = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1e400', '-0.0', '12345678901234567890', 'null', 'true', '"x"', '"\\u0041"'),
        fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
        fc
          .array(fc.tuple(fc.constantFrom('a', 'b', 'hooks', 'Stop', '__proto__'), tie('any')), {
            maxLength: 3,
          })
          .chain((members) =>
            fc.tuple(fc.constant(members), fc.constantFrom('', ' ', '\n', '\n\t', '/*c*/', '\n//c\n')),
          )
          .map(
            ([members, gap]) =>
              `{${members.map(([key, inner]) => `${gap}"${key}":${inner}`).join(',')}${gap}}`,
          ),
      ),
    })).any;
    fc.assert(
      fc.property(
        value.filter((text) => text.startsWith('{')),
        (text) => {
          const { actions, troubles } = planOf(settings, merges(hook), { home: { 'rc.json': text } });
          if (troubles.length > 0) return;
          const [action] = actions;
          if (action?.kind !== 'write-file') return;
          expect(isSubsequence(text, action.content)).toBe(true);
          expect(JSON.stringify(parse(action.content).hooks.Stop)).toContain('emo/learn');
          expect(merged(action.content)).toBe(action.content);
        },
      ),
      { numRuns: 80 },
    );
  });
});

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at += 1;
  return at === part.length;
}

describe('members that are set', () => {
  const set = { set: { env: { A: '${user}', B: 2 }, list: [1], none: {} } };
  it.each([
    ['{}', { env: { A: 'emo', B: 2 }, list: [1], none: {} }],
    ['{"env":{"A":"mine"},"list":[],"none":null}', { env: { A: 'mine', B: 2 }, list: [], none: null }],
    ['{"env":"text","list":0,"none":0}', { env: 'text', list: 0, none: 0 }],
    ['{"env":[],"list":0,"none":0}', { env: [], list: 0, none: 0 }],
  ])('are added to %s where they are absent', (text, wanted) => {
    expect(JSON.parse(merged(text, set))).toEqual(wanted);
  });
});

describe('a file of settings', () => {
  const path = '/home/emo/rc.json';
  const invalid = {
    troubles: [`Refused InvalidJSON: merge tool: ${path} is no valid JSON object: correct it`],
  };
  const noArray = {
    troubles: [`Refused WrongType: merge tool: ${path} cannot have an array at /hooks/Stop: correct it`],
  };
  const rc = (thing: string | ReturnType<typeof file>) => ({ found: { home: { 'rc.json': thing } } });
  plans(
    settings,
    {
      'that is cut short is left alone': { ...rc('{"a": 1'), ...invalid },
      'that is an array is left alone': { ...rc('[]'), ...invalid },
      'that is a word is left alone': { ...rc('null'), ...invalid },
      'that has another text behind is left alone': { ...rc('{} {}'), ...invalid },
      'that nests deeper than a stack is left alone': { ...rc(`{"a":${'['.repeat(200_000)}`), ...invalid },
      'that is no text is left alone': {
        ...rc(binary()),
        troubles: [`Refused NotText: merge tool: ${path} is not UTF-8 text: move it away`],
      },
      'that has an object for the array is left alone': { ...rc('{"hooks":{"Stop":{}}}'), ...noArray },
      'that has null for the array is left alone': { ...rc('{"hooks":{"Stop":null}}'), ...noArray },
      'that has text above the array is left alone': { ...rc('{"hooks":"off"}'), ...noArray },
      'that has an array above the array is left alone': { ...rc('{"hooks":[]}'), ...noArray },
      'that is a link is left alone': {
        ...rc(link('/etc/shadow')),
        troubles: [`Refused SymbolicLink: merge tool: ${path} is a symbolic link to /etc/shadow, which is never followed: remove it`],
      },
      'that is a FIFO is left alone': {
        ...rc(fifo),
        troubles: [`Refused SpecialFile: merge tool: ${path} is a fifo: remove it`],
      },
      'that is a directory is left alone': {
        ...rc(directory()),
        troubles: [`Refused IsDirectory: merge tool: ${path} is a directory: move it away`],
      },
      'that has another name is left alone': {
        ...rc(file('{}', 0o644, { links: 3 })),
        troubles: [`Refused HardLink: merge tool: ${path} has 3 hard links: replace it by a copy`],
      },
    },
    merges(hook),
  ); // prettier-ignore
});
