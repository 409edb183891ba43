/** One person in full, laid out as `kubectl describe` lays out an object. */
import { escapeControls } from '../../api/text/show.ts';
import type { RecordedUser } from '../../report/record.ts';
import { printAge } from './duration.ts';
import { alignColumns, OF_DESCRIBE } from './table.ts';

/** Text ended by a newline. */
export function describeUser(user: RecordedUser, now: Date): string {
  const lines = [
    ...alignColumns(fieldsOf(user, now), OF_DESCRIBE),
    'Ports:',
    ...indented(alignColumns(portsOf(user), OF_DESCRIBE)),
    'Conditions:',
    ...indented(alignColumns(conditionsOf(user, now), OF_DESCRIBE)),
  ];
  return lines.map((line) => `${line}\n`).join('');
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

function portsOf({ status }: RecordedUser): string[][] {
  const ports = Object.entries(status.ports);
  if (ports.length === 0) return [['<none>']];
  return ports.map(([service, port]) => [`${escapeControls(service)}:`, String(port)]);
}

function conditionsOf({ status }: RecordedUser, now: Date): string[][] {
  if (status.conditions.length === 0) return [['<none>']];
  const headers = ['Type', 'Status', 'Reason', 'LastTransition', 'Message'];
  const rows = status.conditions.map(({ type, status, reason, lastTransitionTime, message }) =>
    [type, status, reason, printAge(lastTransitionTime, now), message].map(escapeControls),
  );
  return [headers, headers.map((header) => '-'.repeat(header.length)), ...rows];
}

function orNone(value: string | number | undefined): string {
  return value === undefined || value === '' ? '<none>' : escapeControls(String(value));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
