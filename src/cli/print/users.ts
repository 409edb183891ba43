/** `get users` and `get workstations`: the columns are those of the CRDs, so kubectl prints the same tables. */
import type { Condition } from '../../api/conditions.ts';
import { GROUP } from '../../api/user.ts';
import type { RecordedUser, RecordedWorkstation } from '../../report/record.ts';
import { printAge } from './duration.ts';
import { printResources, type Printed, type ResourceView } from './resources.ts';
import type { Column } from './table.ts';

export type GetOptions = Pick<ResourceView<RecordedUser>, 'format' | 'single'> & { readonly now: Date };

/** `services`: the names of the declared services, in their order; the first one has a column in the plain table. */
export function printUsers(
  users: readonly RecordedUser[],
  options: GetOptions & { readonly services: readonly string[] },
): Printed {
  const columns = userColumns(options.services, options.now);
  return printResources(users, { ...options, resource: USER_RESOURCE, columns });
}

/** What `-o name` puts before the slash. */
export const USER_RESOURCE = `workstationuser.${GROUP}`;

export function userColumns(services: readonly string[], now: Date): Column<RecordedUser>[] {
  const [first, ...others] = services.map(portColumn);
  return [
    { header: 'NAME', cell: ({ metadata }) => metadata.name },
    { header: 'TIER', cell: ({ spec }) => spec.tier ?? '' },
    { header: 'WORKSTATION', cell: ({ spec }) => spec.workstation ?? '' },
    { header: 'READY', cell: (user) => readyOf(user)?.status ?? '' },
    { header: 'REASON', cell: (user) => readyOf(user)?.reason ?? '' },
    ...(first ? [first] : []),
    { header: 'AGE', cell: ({ metadata }) => printAge(metadata.creationTimestamp, now) },
    { header: 'OS-USER', wide: true, cell: ({ status }) => status.osUser },
    { header: 'UID', wide: true, cell: ({ status }) => String(status.uid ?? '') },
    ...others.map((column) => ({ ...column, wide: true })),
    { header: 'LAYOUT', wide: true, cell: ({ spec }) => spec.codeLayout ?? '' },
    { header: 'MESSAGE', wide: true, cell: (user) => readyOf(user)?.message ?? '' },
  ];
}

export function printWorkstations(
  workstations: readonly RecordedWorkstation[],
  options: GetOptions,
): Printed {
  const columns: Column<RecordedWorkstation>[] = [
    { header: 'NAME', cell: ({ metadata }) => metadata.name },
    { header: 'READY', cell: (workstation) => readyOf(workstation)?.status ?? '' },
    { header: 'USERS', cell: ({ status }) => `${status.users.ready}/${status.users.total}` },
    { header: 'REASON', cell: (workstation) => readyOf(workstation)?.reason ?? '' },
    { header: 'AGE', cell: ({ metadata }) => printAge(metadata.creationTimestamp, options.now) },
    { header: 'MESSAGE', wide: true, cell: (workstation) => readyOf(workstation)?.message ?? '' },
  ];
  return printResources(workstations, { ...options, resource: `workstation.${GROUP}`, columns });
}

function portColumn(service: string): Column<RecordedUser> {
  return { header: service.toUpperCase(), cell: ({ status }) => String(status.ports[service] ?? '') };
}

function readyOf({ status }: RecordedUser | RecordedWorkstation): Condition | undefined {
  return status.conditions.find(({ type }) => type === 'Ready');
}
