/** The dry run: what would be done for whom, for a person to read or as data. No secret is in either. */
import { API_VERSION } from '../../api/user.ts';
import { escapeControls } from '../../api/text/show.ts';
import type { PlannedSection } from '../../reconcile/plan.ts';
import type { Action } from '../../sections/action.ts';
import type { Person, SectionPlan } from '../../sections/section.ts';
import { printFileChange } from './filediff.ts';
import { redactAction } from './redact.ts';
import { printStructured, type Structure } from './structured.ts';
import type { Style } from './style.ts';
import { printAction } from './words.ts';

export interface PrintablePlan {
  readonly people: readonly {
    readonly person: Pick<Person, 'name' | 'osUser'>;
    readonly plan: readonly PlannedSection[];
  }[];
  readonly machine: SectionPlan;
}

/** People with something to say of them, then the machine, then one line that sums it up; ended by a newline. */
export function printPlan(plan: PrintablePlan, style: Style): string {
  const people = plan.people.map(({ person, plan: sections }) => {
    const account = person.osUser === person.name ? '' : ` (account ${escapeControls(person.osUser)})`;
    return printPart(`${escapeControls(person.name)}${account}`, person.osUser, sections, style);
  });
  const machine = printPart('the machine', 'root', [plan.machine], style);
  return [...people, machine, `${style.strong(summaryOf(plan))}\n`].filter((text) => text !== '').join('\n');
}

/** A plan as an object of kind Plan. */
export function printStructuredPlan(plan: PrintablePlan, structure: Structure): string {
  const people = plan.people.map(({ person, plan: sections }) => ({
    name: person.name,
    osUser: person.osUser,
    sections: sections.map(redactSection),
  }));
  const machine = redactSection(plan.machine);
  return printStructured({ apiVersion: API_VERSION, kind: 'Plan', people, machine }, structure);
}

function printPart(heading: string, user: string, sections: readonly SectionPlan[], style: Style): string {
  const lines = sections.flatMap((section) => [
    ...section.actions.flatMap((action) => [
      `  ${printAction(action, user)}`,
      ...detailsOf(action, style).map((line) => `    ${line}`),
    ]),
    ...section.troubles.map(
      ({ message, reason }) =>
        `  ${style.warning(`! ${escapeControls(message)} (${escapeControls(reason)})`)}`,
    ),
    ...section.notes.map((note) => `  ${style.faint(`# ${escapeControls(note)}`)}`),
  ]);
  if (lines.length === 0) return '';
  return [style.strong(`${heading}:`), ...lines].map((line) => `${line}\n`).join('');
}

function detailsOf(action: Action, style: Style): string[] {
  return action.kind === 'write-file' || action.kind === 'write-system-file'
    ? printFileChange(action, style)
    : [];
}

function summaryOf({ people, machine }: PrintablePlan): string {
  const concerned = people.filter(({ plan }) => plan.some(concerns));
  const sections = [...people.flatMap(({ plan }) => plan), machine];
  if (!sections.some(concerns)) {
    return people.length === 1
      ? 'Nothing to do: 1 person is as declared'
      : `Nothing to do: ${people.length} people are as declared`;
  }
  const actions = sections.flatMap((section) => section.actions).length;
  const troubles = sections.flatMap((section) => section.troubles).length;
  return [
    `Plan: ${count(concerned.length, 'person', 'people')}${concerns(machine) ? ' and the machine' : ''}`,
    count(actions, 'action', 'actions'),
    ...(troubles > 0 ? [count(troubles, 'trouble', 'troubles')] : []),
  ].join(', ');
}

function concerns({ actions, troubles }: SectionPlan): boolean {
  return actions.length > 0 || troubles.length > 0;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function redactSection<Plan extends SectionPlan>(section: Plan): Plan {
  return { ...section, actions: section.actions.map(redactAction) };
}
