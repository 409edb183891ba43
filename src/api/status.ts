/** What is reported of the two kinds. Neither ever holds a secret: whoever may list users reads it. */
import * as z from 'zod';
import { Condition } from './conditions.ts';
import { AccountName, bounded, DnsLabel } from './primitives.ts';

const observedGeneration = z
  .int()
  .min(-1)
  .optional()
  .describe('The generation of the spec that this is said of; -1 while nothing is said.');

const conditions = z
  .array(Condition)
  .max(32)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .optional()
  .describe('What is known of it, one entry for each kind of condition.');

export const WorkstationUserStatus = z.strictObject({
  observedGeneration,
  osUser: AccountName.optional().describe('The Linux account that was made.'),
  uid: z.int().min(0).max(4294967294).optional().describe('Its user id.'),
  ports: bounded(z.record(DnsLabel, z.int().min(1).max(65535)), 32)
    .optional()
    .describe('The port of each service, by its name.'),
  conditions,
});
export type WorkstationUserStatus = z.output<typeof WorkstationUserStatus>;

const count = z.int().min(0);

/** How many held removals a status names: with more, all of it would be refused. Approving these brings the next ones. */
export const MOST_HELD = 4096;

export const WorkstationStatus = z.strictObject({
  observedGeneration,
  capacity: z
    .record(z.string().max(63), z.string().max(63))
    .optional()
    .describe('What the machine has, as quantities: cpu, memory, ephemeral-storage.'),
  versions: z
    .strictObject({
      agent: z.string().max(63).optional().describe('The agent itself.'),
      kernel: z.string().max(255).optional().describe('The release of the kernel.'),
      osImage: z.string().max(255).optional().describe('The distribution, as os-release names it.'),
      systemd: z.string().max(63).optional().describe('The service manager.'),
    })
    .optional()
    .describe('What runs on the machine.'),
  users: z
    .strictObject({
      total: count.describe('All of its users.'),
      ready: count.describe('Those whose condition Ready is True.'),
      stalled: count.optional().describe('Those who wait for somebody to change something.'),
    })
    .optional()
    .describe('How many users it has.'),
  services: z
    .array(DnsLabel)
    .max(32)
    .optional()
    .describe('The names of the declared services, in their order.'),
  heldRemovals: z
    .array(AccountName)
    .max(MOST_HELD)
    .optional()
    .describe(
      'Accounts of people who are gone, more than may go in one step: they stay until somebody approves it.',
    ),
  conditions,
});
export type WorkstationStatus = z.output<typeof WorkstationStatus>;
