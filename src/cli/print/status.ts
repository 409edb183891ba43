/** `status`: one screen for the whole machine. Whoever is as declared is only counted. */
import type { StatusView, UserView } from '../../agent/view.ts';
import { anyOf, escapeControls } from '../../api/text/show.ts';
import { isReady } from '../../report/update.ts';
import { printDistance } from './duration.ts';
import { verdictOf } from './results.ts';
import type { Style } from './style.ts';
import { alignColumns, OF_DESCRIBE, printTable, type Column } from './table.ts';

/** What one screen tells of a machine, whoever was asked about it. */
export interface Screen {
  readonly machine: string | undefined;
  /** Who tells it: names and values. */
  readonly about: readonly (readonly [name: string, value: string])[];
  /** What concerns the whole machine, and is not as it should be. */
  readonly notices: readonly string[];
  readonly users: readonly UserView[];
  readonly departed: StatusView['departed'];
}

/** Text ended by a newline. */
export function printStatus(view: StatusView, now: Date, style: Style): string {
  const { agent, workstation, users, departed } = view;
  const started = printDistance(agent.startedAt, now);
  const screen: Screen = {
    machine: workstation?.metadata.name,
    about: [
      ['Agent', `workstation ${agent.version}, process ${agent.pid}, started ${started}`],
      ['Source', `${agent.source} (revision ${agent.revision})`],
    ],
    notices: noticesOf(view),
    users,
    departed,
  };
  return printScreen(screen, now, style);
}

/** Text ended by a newline. */
export function printScreen(screen: Screen, now: Date, style: Style): string {
  const notices = screen.notices.map((notice) => `${style.warning('!')} ${escapeControls(notice)}\n`);
  const shown = screen.users
    .filter(({ user, isBusy }) => isBusy || !isReady(user.status.conditions))
    .toSorted(byNeed);
  const table = shown.length === 0 ? '' : printTable(columnsAt(now), shown);
  return [headOf(screen), notices.join(''), table, departedOf(screen, now)]
    .filter((part) => part !== '')
    .join('\n');
}

function headOf({ machine = '<none>', about, users }: Screen): string {
  const ready = users.filter(({ user }) => isReady(user.status.conditions)).length;
  const fields = [['Machine', machine], ['People', `${ready} of ${users.length} ready`], ...about] as const;
  const lines = alignColumns(
    fields.map(([name, value]) => [`${name}:`, escapeControls(value)]),
    OF_DESCRIBE,
  );
  return lines.map((line) => `${line}\n`).join('');
}

function noticesOf({ agent, workstation }: StatusView): string[] {
  const { trouble, heldRemovals } = agent;
  const machine = workstation?.status.conditions.find(({ type }) => type === 'MachineReady');
  return [
    ...(trouble ? [`${trouble.reason}: ${trouble.message}; what was declared before holds`] : []),
    ...(heldRemovals ? [`removals are held: ${heldRemovals.message}; workstation approve lets them go`] : []),
    ...(machine?.status === 'False' ? [`the machine itself is not as declared: ${machine.message}`] : []),
  ];
}

function columnsAt(now: Date): Column<UserView>[] {
  const verdict = ({ user }: UserView) => verdictOf(user.status.conditions);
  return [
    { header: 'NAME', cell: ({ user }) => user.metadata.name },
    { header: 'STATE', cell: (view) => (view.isBusy ? `${stateOf(view)}, at work` : stateOf(view)) },
    { header: 'REASON', cell: (view) => verdict(view).reason },
    { header: 'LAST-CHANGE', cell: ({ lastChange }) => (lastChange ? printDistance(lastChange, now) : '') },
    { header: 'NEXT-TRY', cell: ({ next }) => (next ? printDistance(next.at, now) : '') },
    { header: 'MESSAGE', cell: (view) => verdict(view).message },
  ];
}

function departedOf({ departed }: Screen, now: Date): string {
  const people = Object.entries(departed).sort(([a], [b]) => (a < b ? -1 : 1));
  if (people.length === 0) return '';
  const listed = people.map(([osUser, since]) => `${escapeControls(osUser)} (${printDistance(since, now)})`);
  return `Departed: ${anyOf(listed, 'and')}: their ports, uids and environment files stay reserved until workstation release\n`;
}

/** In the order in which they need somebody. */
const STATES = ['Stalled', 'Retrying', 'Unknown', 'New', 'Ready'] as const;

function stateOf({ user }: UserView): (typeof STATES)[number] {
  const ready = user.status.conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined) return 'New';
  return ready.status === 'Unknown' ? 'Unknown' : verdictOf(user.status.conditions).result;
}

function byNeed(a: UserView, b: UserView): number {
  const [first, second] = [a, b].map((view) => STATES.indexOf(stateOf(view)));
  return (first ?? 0) - (second ?? 0) || (a.user.metadata.name < b.user.metadata.name ? -1 : 1);
}
