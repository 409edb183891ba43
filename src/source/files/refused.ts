/** Problems sorted by the person they concern. */
import { type Problem, printProblem } from '../../api/text/problem.ts';
import { escapeControls } from '../../api/text/show.ts';

/** Somebody whose declaration has problems, as it spells the names: they need not be valid. */
export interface Refused {
  /** metadata.name, or what it would be. */
  readonly name: string;
  readonly osUser?: string;
  /** The first of them, each with its place. */
  readonly message: string;
}

/** @param names the object names of a roster's accounts */
export function refusedUsers(
  problems: readonly Problem[],
  names: ReadonlyMap<string, string>,
): readonly Refused[] {
  const refused = new Map<string, { osUser?: string; problems: Problem[] }>();
  for (const problem of problems) {
    const who = whom(problem, names);
    if (who === undefined) continue;
    const { name, ...account } = who;
    const known = refused.get(name) ?? { ...account, problems: [] };
    known.problems.push(problem);
    refused.set(name, known);
  }
  return [...refused].map(([name, { problems, ...account }]) => ({
    name,
    ...account,
    message: messageOf(problems),
  }));
}

/** As many problems as one line bears, each with its place. */
export function messageOf(problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_SHOWN).map(printProblem);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

const MOST_SHOWN = 3;

function whom({ about }: Problem, names: ReadonlyMap<string, string>): Omit<Refused, 'message'> | undefined {
  if (about === undefined || about.kind === 'workstation') return undefined;
  const name = about.kind === 'user' ? about.name : (names.get(about.osUser) ?? about.osUser);
  const { osUser } = about;
  return { name: printed(name), ...(osUser === undefined ? {} : { osUser: printed(osUser) }) };
}

function printed(name: string): string {
  return escapeControls(name.slice(0, LONGEST_NAME));
}

/** No valid name is longer: RFC 1123. */
const LONGEST_NAME = 253;
