/** Workstation: what everyone on one machine gets. A section left out is a section not managed. */
import * as z from 'zod';
import { API_VERSION, ObjectMeta } from '../user.ts';
import { Command, HomeFile, Secret, Settings } from './home.ts';
import { ClusterAccess, ClusterTiers, Machine, Offboarding, Service } from './machine.ts';
import { Accounts, Code, Kubeconfig } from './people.ts';

export { selects, type Selection } from './selection.ts';

const named = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

export const WorkstationSpec = z.strictObject({
  accounts: Accounts.prefault({}).describe('How Linux accounts are made.'),
  clusterTiers: ClusterTiers.optional().describe(
    'Where the cluster says who has which tier, to compare with.',
  ),
  code: Code.optional().describe('The clones in the code directory of each person.'),
  kubeconfig: Kubeconfig.optional().describe('The kubeconfig of each person; one that exists is left alone.'),
  files: z.array(HomeFile).max(256).meta(named).default([]).describe('Files in homes.'),
  settings: z.array(Settings).max(64).meta(named).default([]).describe('Additions to JSON files in homes.'),
  commands: z
    .array(Command)
    .max(64)
    .meta(named)
    .default([])
    .describe('Commands to run as each person until what they make exists.'),
  services: z.array(Service).max(32).meta(named).default([]).describe('Units with a port for each person.'),
  secrets: z.array(Secret).max(32).meta(named).default([]).describe('Tokens for each person.'),
  machine: Machine.prefault({}).describe('What the machine has once, for everybody.'),
  clusterAccess: ClusterAccess.optional().describe('What the controller binds people to in the cluster.'),
  offboarding: Offboarding.prefault({}).describe('What happens when people leave.'),
});
export type WorkstationSpec = z.output<typeof WorkstationSpec>;

export const Workstation = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Workstation'),
  metadata: ObjectMeta,
  spec: WorkstationSpec,
  status: z.looseObject({}).optional(),
});
export type Workstation = z.output<typeof Workstation>;

export type HomeFile = z.output<typeof HomeFile>;
export type Settings = z.output<typeof Settings>;
export type Command = z.output<typeof Command>;
export type Secret = z.output<typeof Secret>;
export type Service = z.output<typeof Service>;
export type Code = z.output<typeof Code>;
export type Kubeconfig = z.output<typeof Kubeconfig>;
export type Machine = z.output<typeof Machine>;
