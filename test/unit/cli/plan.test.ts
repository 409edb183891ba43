import { applyPatch } from 'diff';
import * as fc from '../../property.ts';
import { parse } from 'yaml';
import { printFileChange } from '../../../src/cli/print/filediff.ts';
import { printPlan, printStructuredPlan, type PrintablePlan } from '../../../src/cli/print/plan.ts';
import { redactUrl } from '../../../src/cli/print/redact.ts';
import { ANSI, PLAIN } from '../../../src/cli/print/style.ts';
import type { PlannedSection } from '../../../src/reconcile/plan.ts';
import type { Action } from '../../../src/sections/action.ts';
import type { SectionPlan } from '../../../src/sections/section.ts';
import { ACTIONS } from './actions.ts';
import { expected } from './expected.ts';

const NOTHING: SectionPlan = { actions: [], troubles: [], notes: [] };
const EMO = { name: 'emo', osUser: 'emo' };
const ANN = { name: 'ann', osUser: 'anna' };

function section(plan: Partial<SectionPlan>): PlannedSection {
  return { ...NOTHING, section: 'files', condition: 'FilesReady', ...plan };
}

function planOf(plan: Partial<SectionPlan>, machine = NOTHING): PrintablePlan {
  return { people: [{ person: EMO, plan: [section(plan)] }], machine };
}

const everything: PrintablePlan = {
  people: [
    { person: EMO, plan: [section({ actions: Object.values(ACTIONS).flat() })] },
    {
      person: ANN,
      plan: [
        section({
          actions: [{ kind: 'add-to-group', group: 'docker' }],
          troubles: [{ reason: 'RemoteDown', message: 'clone x: no \x1b[2Janswer', kind: 'Waiting' }],
          notes: ['the start is left for the first boot'],
        }),
      ],
    },
    { person: { name: 'ivy', osUser: 'ivy' }, plan: [section({})] },
  ],
  machine: { ...NOTHING, actions: [{ kind: 'enable-unit', unit: 'x.timer' }] },
};

describe('a plan as text', () => {
  it('says in plain words what would be done for whom, and shows what files would become', () => {
    expect(printPlan(everything, PLAIN)).toBe(expected('plan.txt'));
  });

  it('has the same words in colour', () => {
    const text = printPlan(everything, ANSI);
    expect(text.replaceAll(/\x1b\[\d+m/g, '')).toBe(expected('plan.txt'));
    expect(text).toContain('\x1b[32m+kind: Config\x1b[39m');
  });

  it.each([
    [{ people: [], machine: NOTHING }, 'Nothing to do: 0 people are as declared\n'],
    [planOf({}), 'Nothing to do: 1 person is as declared\n'],
    [planOf({ notes: ['n'] }), 'emo:\n  # n\n\nNothing to do: 1 person is as declared\n'],
    [
      planOf({ troubles: [{ reason: 'R', message: 'm', kind: 'Refused' }] }),
      'emo:\n  ! m (R)\n\nPlan: 1 person, 0 actions, 1 trouble\n',
    ],
    [
      planOf({}, { ...NOTHING, actions: [{ kind: 'start-unit', unit: 'x.timer' }] }),
      'the machine:\n  start x.timer\n\nPlan: 0 people and the machine, 1 action\n',
    ],
  ])('sums up %#', (plan, text) => {
    expect(printPlan(plan, PLAIN)).toBe(text);
  });
});

describe('a plan as data', () => {
  it('is the same in JSON and YAML, with every action', () => {
    const data: unknown = JSON.parse(printStructuredPlan(everything, 'json'));
    expect(parse(printStructuredPlan(everything, 'yaml'))).toEqual(data);
    expect(data).toMatchObject({
      kind: 'Plan',
      people: [
        {
          name: 'emo',
          sections: [
            {
              actions: Object.values(ACTIONS)
                .flat()
                .map(({ kind }) => ({ kind })),
            },
          ],
        },
        { osUser: 'anna' },
        {},
      ],
      machine: { actions: [{ kind: 'enable-unit' }] },
    });
  });
});

describe('a secret', () => {
  const prints = (actions: readonly Action[]) =>
    [
      printPlan(planOf({ actions }), PLAIN),
      ...(['json', 'yaml'] as const).map((format) => printStructuredPlan(planOf({ actions }), format)),
    ].join('');

  it('is in no form of the plan', () => {
    expect(prints(Object.values(ACTIONS).flat())).not.toMatch(/s3cret|top-secret/);
  });

  it('leaves no trace of its content or size', () => {
    const secretFile = (content: string, text: string) =>
      prints(
        ACTIONS['write-file'].map((action) => ({
          ...action,
          sensitive: true,
          content,
          before: { kind: 'text', text },
        })),
      );
    fc.assert(
      fc.property(fc.string(), fc.string(), (content, before) => {
        expect(secretFile(content, before)).toBe(secretFile('x', 'y'));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['https://user:pass@host/x', 'https://<redacted>@host/x'],
    ['https://token@host/x@y', 'https://<redacted>@host/x@y'],
    ['https://us/er:p@ss@host', 'https://us/er:p@ss@host'],
    ['https://u:p@ss@host/x', 'https://<redacted>@host/x'],
    ['ssh://git@host/x', 'ssh://git@host/x'],
    ['ssh://git:pass@host/x', 'ssh://git:<redacted>@host/x'],
    ['git@host:x', 'git@host:x'],
    ['https://host/x', 'https://host/x'],
  ])('of the URL %s is hidden: %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });
});

describe('the diff of a file', () => {
  const change = (before: string | undefined, content: string) =>
    printFileChange(
      {
        path: '/x',
        content,
        before: before === undefined ? { kind: 'absent' } : { kind: 'text', text: before },
        sensitive: false,
      },
      PLAIN,
    );

  it('turns what was there into what would be there', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '+d', '--- e', '\tf'), { maxLength: 12 })
      .chain((lines) => fc.constantFrom(lines.join('\n'), lines.map((line) => `${line}\n`).join('')));
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), text, (before, content) => {
        const lines = change(before, content);
        const isPatched = lines.some((line) => line.startsWith('@@'));
        expect(isPatched).toBe((before ?? '') !== content);
        if (isPatched) expect(applyPatch(before ?? '', lines.join('\n'))).toBe(content);
      }),
    );
  });

  it('is cut after sixty lines, and says how many more there are', () => {
    const lines = change(undefined, 'x\n'.repeat(100));
    expect(lines.slice(0, 4)).toEqual(['--- /dev/null', '+++ b/x', '@@ -0,0 +1,100 @@', '+x']);
    expect(lines).toHaveLength(2 + 60 + 1);
    expect(lines.at(-1)).toBe('... 41 more lines');
  });

  it('shows no more than the beginning of a long line', () => {
    expect(change(undefined, `${'x'.repeat(100_000)}\n`).at(-1)).toBe(`+${'x'.repeat(198)}…`);
  });

  it('gives up on files that have little in common', () => {
    const numbered = (word: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${word}${index}`).join('\n');
    expect(change(numbered('a'), numbered('b')).at(-1)).toBe('... too different to be compared');
  });

  it('shows control characters', () => {
    expect(change('a\n', 'a\r\n\x1b[31m\u202e\n').slice(3)).toEqual(['-a', '+a\\x0d', '+\\x1b[31m\\u202e']);
  });

  it('is empty where only the mode changes', () => {
    expect(change('a', 'a')).toEqual([]);
  });
});
