/** What `kubectl get` shows. */

/** A column of apiextensions.k8s.io/v1; those with priority 1 are shown with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly priority?: 1;
  readonly description?: string;
}

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

export function userColumns(services: readonly string[]): PrinterColumn[] {
  const [first, ...others] = services;
  return [
    { name: 'Tier', type: 'string', jsonPath: '.spec.tier' },
    { name: 'Workstation', type: 'string', jsonPath: '.spec.workstation' },
    { name: 'Ready', type: 'string', jsonPath: ofReady('status') },
    { name: 'Reason', type: 'string', jsonPath: ofReady('reason') },
    ...(first === undefined ? [] : [port(first)]),
    AGE,
    { name: 'OS-User', type: 'string', jsonPath: '.status.osUser', priority: 1 },
    { name: 'UID', type: 'integer', jsonPath: '.status.uid', priority: 1 },
    ...others.map((service) => ({ ...port(service), priority: 1 as const })),
    { name: 'Layout', type: 'string', jsonPath: '.spec.codeLayout', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: ofReady('message'), priority: 1 },
  ];
}

export const WORKSTATION_COLUMNS: readonly PrinterColumn[] = [
  { name: 'Ready', type: 'string', jsonPath: ofReady('status') },
  { name: 'Users', type: 'integer', jsonPath: '.status.users.total' },
  { name: 'Version', type: 'string', jsonPath: '.status.versions.agent' },
  AGE,
  { name: 'Reason', type: 'string', jsonPath: ofReady('reason'), priority: 1 },
  { name: 'Message', type: 'string', jsonPath: ofReady('message'), priority: 1 },
];

function ofReady(field: string): string {
  return `.status.conditions[?(@.type=="Ready")].${field}`;
}

function port(service: string): PrinterColumn {
  return { name: service, type: 'integer', jsonPath: `.status.ports['${service}']` };
}
