/** One person in full, laid out as `kubectl describe` lays out an object. */
import { escapeControls } from '../../api/text/show.ts';
import type { UserDetails } from '../../agent/view.ts';
import type { AuditRecord } from '../../report/auditrecord.ts';
import type { RecordedUser } from '../../report/record.ts';
import type { AgentEvent } from '../../report/report.ts';
import { printAge, printDistance, printTook } from './duration.ts';
import { resultOf } from './history.ts';
import { alignColumns, OF_DESCRIBE } from './table.ts';

/** What the last pass found. Text ended by a newline. */
export function describeUser(user: RecordedUser, now: Date): string {
  return asText([...alignColumns(fieldsOf(user, now), OF_DESCRIBE), ...standing(user, now)]);
}

/** The same, and what a running agent knows beside it. */
export function describeDetails(details: UserDetails, now: Date): string {
  const { user, actions, events } = details;
  return asText([
    ...alignColumns([...fieldsOf(user, now), ...courseOf(details, now)], OF_DESCRIBE),
    ...standing(user, now),
    ...block('Actions', actionsOf(actions, now)),
    ...block('Events', eventsOf(events, now)),
  ]);
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function standing(user: RecordedUser, now: Date): string[] {
  return [...block('Ports', portsOf(user)), ...block('Conditions', conditionsOf(user, now))];
}

/** Where there is nothing, kubectl says so beside the heading. */
function block(heading: string, cells: readonly (readonly string[])[]): string[] {
  if (cells.length === 0) return [`${heading}:  <none>`];
  return [`${heading}:`, ...alignColumns(cells, OF_DESCRIBE).map((line) => `  ${line}`)];
}

function fieldsOf({ metadata, spec, status }: RecordedUser, now: Date): string[][] {
  const fields: [string, string | number | undefined][] = [
    ['Name', metadata.name],
    ['Age', printAge(metadata.creationTimestamp, now)],
    ['OS User', status.osUser],
    ['UID', status.uid],
    ['Workstation', spec.workstation],
    ['Tier', spec.tier],
    ['Namespaces', spec.namespaces?.join(', ')],
    ['Authentik User', spec.authentikUser],
    ['K8s User', spec.k8sUser],
    ['Code Layout', spec.codeLayout],
    ['Repos', spec.repos?.join(', ')],
    ['Suspended', String(spec.suspended)],
    ['Offboarding', spec.offboarding],
    ['Generation', `${metadata.generation} (observed: ${status.observedGeneration})`],
  ];
  return fields.map(([name, value]) => [`${name}:`, orNone(value)]);
}

/** What was done last, and what comes next. */
function courseOf({ lastChange, next, isBusy }: UserDetails, now: Date): string[][] {
  const nextTry = isBusy ? 'now' : next && `${printDistance(next.at, now)} (${next.why})`;
  const change = lastChange && printDistance(lastChange, now);
  return [
    ['Last Change:', orNone(change)],
    ['Next Try:', orNone(nextTry)],
  ];
}

function portsOf({ status }: RecordedUser): string[][] {
  return Object.entries(status.ports).map(([service, port]) => [`${escapeControls(service)}:`, String(port)]);
}

function conditionsOf({ status }: RecordedUser, now: Date): string[][] {
  return underlined(
    ['Type', 'Status', 'Reason', 'LastTransition', 'Message'],
    status.conditions.map(({ type, status, reason, lastTransitionTime, message }) => [
      type,
      status,
      reason,
      printAge(lastTransitionTime, now),
      message,
    ]),
  );
}

/** Newest last, as events are. */
function actionsOf(actions: readonly AuditRecord[], now: Date): string[][] {
  return underlined(
    ['Action', 'Subject', 'Cause', 'Result', 'Age', 'Duration', 'Message'],
    actions.map((record) => [
      record.action,
      record.subject,
      record.cause.kind,
      resultOf(record),
      printAge(record.at, now),
      printTook(record.duration),
      record.message ?? '',
    ]),
  );
}

function eventsOf(events: readonly AgentEvent[], now: Date): string[][] {
  return underlined(
    ['Type', 'Reason', 'Age', 'Action', 'Message'],
    events.map(({ type, reason, at, action, message }) => [type, reason, printAge(at, now), action, message]),
  );
}

/** Nothing at all where there are no rows. */
function underlined(headers: readonly string[], rows: readonly (readonly string[])[]): string[][] {
  if (rows.length === 0) return [];
  return [headers, headers.map((header) => '-'.repeat(header.length)), ...rows].map((cells) =>
    cells.map(escapeControls),
  );
}

function orNone(value: string | number | undefined): string {
  return value === undefined || value === '' ? '<none>' : escapeControls(String(value));
}
