/** How an apply ended: one row for each person and one for the machine. */
import type { Condition, Finding } from '../../api/conditions.ts';
import type { Person } from '../../sections/section.ts';
import { printTable } from './table.ts';

/** What is shown of the outcome of a pass; `done`: how many actions succeeded. */
export interface Results {
  readonly people: readonly {
    readonly person: Pick<Person, 'name'>;
    readonly findings: readonly Finding[];
    readonly done: number;
  }[];
  readonly machine: { readonly finding: Finding; readonly done: number };
}

interface Row {
  readonly name: string;
  readonly done: number;
  readonly verdict: Verdict;
}

export interface Verdict {
  /** Ready; Retrying: the next pass may come through; Stalled: not before somebody changes something. */
  readonly result: 'Ready' | 'Retrying' | 'Stalled';
  /** Of what is not ready, CamelCase. */
  readonly reason: string;
  readonly message: string;
}

export function printResults({ people, machine }: Results): string {
  const rows: Row[] = [
    ...people.map(({ person, done, findings }) => ({
      name: person.name,
      done,
      verdict: verdictOf(findings),
    })),
    { name: '(machine)', done: machine.done, verdict: verdictOf([machine.finding]) },
  ];
  return printTable<Row>(
    [
      { header: 'NAME', cell: ({ name }) => name },
      { header: 'RESULT', cell: ({ verdict }) => verdict.result },
      { header: 'ACTIONS', cell: ({ done }) => String(done) },
      { header: 'REASON', cell: ({ verdict }) => verdict.reason },
      { header: 'MESSAGE', cell: ({ verdict }) => verdict.message },
    ],
    rows,
  );
}

type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** What findings come to. Of a person Ready sums the others up; the machine has one finding only. */
export function verdictOf(findings: readonly Said[]): Verdict {
  const summary = findings.find(({ type }) => type === 'Ready') ?? findings[0];
  if (summary === undefined || summary.status === 'True') return { result: 'Ready', reason: '', message: '' };
  const isStalled = findings.some(({ type, status }) => type === 'Stalled' && status === 'True');
  const { reason, message } = summary;
  return { result: isStalled ? 'Stalled' : 'Retrying', reason, message };
}
