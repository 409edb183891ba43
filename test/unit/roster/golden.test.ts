/** What the program before printed, case by case: where our rules accept the input, the output is the same to the byte. */
import { derive } from '../../../src/roster/derive.ts';
import { parsePortMap } from '../../../src/roster/portmap.ts';
import { compareTiers, parseClusterTiers, printIssue } from '../../../src/roster/tiers.ts';
import { differences, inputs, output, outputs, type Input, type Output } from '../enginecases.ts';
import { devvm, rosterFrom } from './fixtures.ts';

describe.each(inputs.filter(({ title }) => title.startsWith('derive:')))('$title', (input) => {
  const { stdout, code } = output(input.title);
  const difference = differences.find(({ title }) => title === input.title);
  if (code !== 0) it('is refused, as it was', () => expect(() => derived(input)).toThrow());
  else if (!difference) it('is derived to the same bytes', () => expect(derived(input)).toBe(stdout));
  else if (!difference.accounts) {
    it(`is refused now: ${difference.reason}`, () => expect(() => derived(input)).toThrow());
  } else {
    it(`is read in another way: ${difference.reason}`, () =>
      expect(Object.keys(JSON.parse(derived(input)).accounts)).toEqual(difference.accounts));
  }
});

describe.each(inputs.filter(({ title }) => title.startsWith('validate:')))('$title', (input) => {
  if (output(input.title).code === 0 || isTierConflict(input.title)) {
    it('gives the same lines', () => expect(issues(input)).toEqual(output(input.title)));
  } else it('is refused, as it was', () => expect(() => issues(input)).toThrow());
});

it('every difference is to a case that was taken before', () => {
  expect(differences.filter(({ title }) => outputs.get(title)?.code !== 0)).toEqual([]);
});

it('every case with an input has its output', () => {
  expect(inputs.filter(({ title }) => !outputs.has(title))).toEqual([]);
  expect(inputs).toHaveLength(65);
});

function isTierConflict(title: string): boolean {
  return outputs.get(title)?.stderr.includes('ERROR: ') ?? false;
}

function derived({ roster, ports = '{}', playwrightPorts }: Input): string {
  const existing = new Map([
    ['t3', parsePortMap(ports)],
    ['playwright', parsePortMap(playwrightPorts || '{}')],
  ]);
  const result = derive({ roster: rosterFrom(roster), workstation: devvm, existing });
  if (result.kind === 'refused') throw new Error(result.problems.join('\n'));
  return result.json;
}

function issues({ roster, k8sUsers = '{}' }: Input): Output {
  const live = parseClusterTiers(k8sUsers);
  if (!live) throw new Error('no map of tiers');
  const found = compareTiers(rosterFrom(roster), live.tiers);
  return {
    stdout: '',
    stderr: found.map((issue) => `${printIssue(issue)}\n`).join(''),
    code: found.some(({ severity }) => severity === 'error') ? 1 : 0,
  };
}
