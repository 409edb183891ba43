/**
 * The CustomResourceDefinitions of the two kinds, made from the schemas that check files, so that `kubectl apply`
 * refuses what the command line refuses. Loaded by `workstation crds` only.
 */
import { stringify } from 'yaml';
import type { z } from 'zod';
import { WorkstationStatus, WorkstationUserStatus } from '../status.ts';
import { GROUP, UserSpec, VERSION, WorkstationUser } from '../user.ts';
import { Workstation, WorkstationSpec } from '../workstation/index.ts';
import { type PrinterColumn, userColumns, WORKSTATION_COLUMNS } from './columns.ts';
import { type Schema, structuralSchema } from './structural.ts';

export interface CrdOptions {
  /** Services whose ports `kubectl get workstationusers` shows: the first always, the others with `-o wide`. */
  readonly portColumns?: readonly string[];
}

/** apiextensions.k8s.io/v1 CustomResourceDefinitions, as plain objects. */
export function customResourceDefinitions({ portColumns = [] }: CrdOptions = {}): Schema[] {
  return [
    definition({
      kind: 'WorkstationUser',
      plural: 'workstationusers',
      shortName: 'wsu',
      description: 'One person on one workstation.',
      root: WorkstationUser,
      spec: UserSpec,
      status: WorkstationUserStatus,
      columns: userColumns(portColumns),
      selectableFields: ['.spec.workstation'],
    }),
    definition({
      kind: 'Workstation',
      plural: 'workstations',
      shortName: 'ws',
      description: 'A machine, and what every person on it gets.',
      root: Workstation,
      spec: WorkstationSpec,
      status: WorkstationStatus,
      columns: WORKSTATION_COLUMNS,
      selectableFields: [],
    }),
  ];
}

/** The same as YAML, ready for `kubectl apply -f`. */
export function printCustomResourceDefinitions(options: CrdOptions = {}): string {
  return customResourceDefinitions(options)
    .map((crd) => `---\n${stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('');
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly description: string;
  readonly root: z.ZodType;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
  readonly selectableFields: readonly string[];
}

function definition(declared: Kind): Schema {
  const { kind, plural, shortName, columns, selectableFields } = declared;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        // Not "workstation": kubectl would take the name of the kind for the category.
        categories: ['workstation-dev'],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          ...(selectableFields.length > 0
            ? { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) }
            : {}),
          schema: { openAPIV3Schema: rootSchema(declared) },
        },
      ],
    },
  };
}

/** The API server knows apiVersion, kind and metadata itself, and lets nothing be said of metadata but its name. */
function rootSchema({ description, root, spec, status }: Kind): Schema {
  const rules = root.meta()?.['x-kubernetes-validations'];
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { description: 'The version of this schema of an object.', type: 'string' },
      kind: { description: 'The kind of the object.', type: 'string' },
      metadata: { type: 'object' },
      spec: { description: 'What is wanted.', ...structuralSchema(spec) },
      status: {
        description: 'What is, as the agent and the controller report it.',
        // Nobody has seen a new object: without this, kstatus takes it for one that is as it should be.
        default: { observedGeneration: -1 },
        ...structuralSchema(status),
      },
    },
    ...(rules === undefined ? {} : { 'x-kubernetes-validations': rules }),
  };
}
