/** Workstation: what everyone on one machine gets. A section left out is a section not managed. */
import { z } from 'zod';
import { API_VERSION, ObjectMeta } from '../user.ts';
import { Command, HomeFile, Secret, Settings } from './home.ts';
import { ClusterAccess, ClusterTiers, Machine, Offboarding, Service } from './machine.ts';
import { Accounts, Code, Kubeconfig } from './people.ts';

export { selects, type Selection } from './selection.ts';

const named = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

export const WorkstationSpec = z.strictObject({
  accounts: Accounts.prefault({}),
  clusterTiers: ClusterTiers.optional(),
  code: Code.optional(),
  kubeconfig: Kubeconfig.optional(),
  files: z.array(HomeFile).max(256).meta(named).default([]),
  settings: z.array(Settings).max(64).meta(named).default([]),
  commands: z.array(Command).max(64).meta(named).default([]),
  services: z.array(Service).max(32).meta(named).default([]),
  secrets: z.array(Secret).max(32).meta(named).default([]),
  machine: Machine.prefault({}),
  clusterAccess: ClusterAccess.optional(),
  offboarding: Offboarding.prefault({}),
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
