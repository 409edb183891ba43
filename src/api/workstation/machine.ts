/** Services on ports of their own, and what belongs to the machine as a whole. */
import * as z from 'zod';
import {
  AbsolutePath,
  AccountName,
  DnsLabel,
  EnvName,
  Environment,
  JsonPointer,
  Line,
  Mode,
  ObjectName,
  UnitName,
} from '../primitives.ts';
import { withRules } from '../rules.ts';
import { TIERS, type Tier } from '../user.ts';
import { selection, selectionRule } from './selection.ts';

const ServiceShape = z.strictObject({
  ...selection,
  name: DnsLabel.describe('The key in status.ports, and the NAME of ${port.NAME}.'),
  port: withRules(
    z.strictObject({
      base: z.int().min(1024).max(65535).describe('The first port that is given out.'),
      last: z.int().min(1024).max(65535).default(65535).describe('The last one.'),
    }),
    [
      {
        cel: 'self.base <= self.last',
        holds: ({ base, last }) => base <= last,
        message: 'last must not be below base',
        field: 'last',
      },
    ],
  ).describe('Each person keeps the port once given; a newcomer gets the lowest free one.'),
  envFile: AbsolutePath.describe('The environment file of the units; must hold ${user} in its last part.'),
  env: Environment.describe('Variables to set; every other line of the file stays.'),
  unset: z.array(EnvName).max(32).default([]).describe('Variables whose lines are removed.'),
  units: z
    .array(UnitName)
    .max(16)
    .default([])
    .describe('Units to enable and start; a running unit is never restarted.'),
});

export const Service = withRules(ServiceShape, [
  selectionRule,
  {
    cel: "self.envFile.matches('^[^$]*/[^/$]*[$][{]user[}][^/$]*$')",
    holds: ({ envFile }) => /^[^$]*\/[^/$]*\$\{user\}[^/$]*$/.test(envFile),
    message:
      'envFile must hold ${user} once, in its last part, and no other variable: each person needs a file',
    field: 'envFile',
  },
]);

const MachineFile = z.strictObject({
  name: DnsLabel.describe('What conditions and events call it.'),
  path: AbsolutePath.describe('Where the file stands on the machine.'),
  source: z.string().min(1).max(1024).optional().describe('A file to copy.'),
  content: z.string().max(262144).optional().describe('Text; variables are not replaced.'),
  format: z
    .enum(['Text', 'JSON'])
    .default('Text')
    .describe('JSON: a source that does not parse is not deployed.'),
  mode: Mode.default('0644').describe('The bits of the file.'),
  optional: z.boolean().default(false).describe('A missing source is no trouble.'),
});

const MachineUnit = z.strictObject({
  name: UnitName.describe('The unit to enable.'),
  start: z.boolean().default(true).describe('Also start it; false only enables it.'),
});

const PublishedMapShape = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and "_"')
    .describe('Its key in what `derive` prints.'),
  path: AbsolutePath.describe('Where the map stands on the machine.'),
  format: z
    .enum(['Lines', 'JSON'])
    .describe('Lines: `<authentikUser>=<osUser>`, by port. JSON: {authentikUser: {os_user, port}}, by key.'),
  service: DnsLabel.describe('The service whose ports it publishes.'),
  header: z
    .array(Line)
    .max(16)
    .default([])
    .describe('Lines before the first entry; only with the format Lines.'),
});

const PublishedMap = withRules(PublishedMapShape, [
  {
    cel: "self.format == 'Lines' || !has(self.header) || size(self.header) == 0",
    holds: ({ format, header }) => format === 'Lines' || header.length === 0,
    message: 'header goes with the format Lines only: JSON has no comments; remove it',
    field: 'header',
  },
]);

const named = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

export const Machine = z.strictObject({
  files: z
    .array(
      withRules(MachineFile, [
        {
          cel: 'has(self.source) != has(self.content)',
          holds: (file) => (file.source !== undefined) !== (file.content !== undefined),
          message: 'a machine file needs either source or content',
        },
      ]),
    )
    .max(64)
    .meta(named)
    .default([])
    .describe('Files that belong to everybody, kept equal to their source or content.'),
  units: z.array(MachineUnit).max(64).meta(named).default([]).describe('Units of the machine to enable.'),
  maps: z
    .array(PublishedMap)
    .max(16)
    .meta(named)
    .default([])
    .describe('Who is on which port, for the programs that route people.'),
  supersedes: z
    .array(UnitName)
    .max(16)
    .default([])
    .describe('Units that did this work before. While one is enabled, every pass says so.'),
});

const TierKey = Line.optional().describe(
  'The member of each entry that is the tier; the entry itself when left out.',
);

export const ClusterTiers = withRules(
  z.strictObject({
    vault: z
      .strictObject({
        path: Line.describe('MOUNT/PATH of a KV version 2 secret.'),
        field: Line.describe('The field that holds the map, as an object or as JSON text.'),
        key: TierKey,
      })
      .optional()
      .describe('The map is in Vault, read with the token of whoever runs the pass.'),
    configMap: z
      .strictObject({
        namespace: DnsLabel.describe('Where the ConfigMap lives.'),
        name: ObjectName.describe('What it is called.'),
        field: Line.describe('The field of its data that holds the map, as JSON text.'),
        key: TierKey,
      })
      .optional()
      .describe('The map is in a ConfigMap.'),
    file: z
      .strictObject({
        path: AbsolutePath.describe('A JSON file of the machine.'),
        pointer: JsonPointer.optional().describe(
          'The member that holds the map; the whole file when left out.',
        ),
        key: TierKey,
      })
      .optional()
      .describe('The map is in a file.'),
  }),
  [
    {
      cel: '[has(self.vault), has(self.configMap), has(self.file)].filter(x, x).size() == 1',
      holds: (tiers) =>
        [tiers.vault, tiers.configMap, tiers.file].filter((source) => source !== undefined).length === 1,
      message: 'clusterTiers needs exactly one of vault, configMap and file',
    },
  ],
);

const TierAccess = z.strictObject({
  clusterRole: Line.max(253).describe('The ClusterRole to bind.'),
  scope: z.enum(['Cluster', 'Namespaces']).describe('The whole cluster, or the namespaces of the person.'),
});

export const ClusterAccess = z
  .strictObject(
    Object.fromEntries(
      TIERS.map((tier) => [tier, TierAccess.optional().describe(`What people of the tier ${tier} may do.`)]),
    ) as Record<Tier, z.ZodOptional<typeof TierAccess>>,
  )
  .describe('Which cluster role each tier is bound to. Nothing is bound when left out.');

export const Offboarding = z.strictObject({
  groups: z
    .array(AccountName)
    .max(64)
    .default([])
    .describe('Groups to remove a leaver from, beside those of the tiers.'),
  archiveDirectory: AbsolutePath.default('/var/lib/workstation/archive').describe(
    'Where archives of homes are kept.',
  ),
  massRemovalLimit: z
    .int()
    .min(0)
    .max(100000)
    .default(3)
    .describe('More people than this leaving in one step are not removed without being confirmed.'),
});
