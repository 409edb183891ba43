/** What lies and runs in a home: files, settings, commands, secrets. */
import * as z from 'zod';
import {
  AbsolutePath,
  DnsLabel,
  Duration,
  Environment,
  HomePath,
  JsonPointer,
  Line,
  Mode,
  UnitName,
} from '../primitives.ts';
import { withRules } from '../rules.ts';
import { selection, selectionRule } from './selection.ts';

const Source = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\x00-\x1f\x7f]+$/, 'must be a path')
  .describe(
    'A file to copy: absolute on the machine, or relative to the directory of the file that says so.',
  );

const JsonMember = z.strictObject({
  path: AbsolutePath.describe('A JSON file of the machine.'),
  pointer: JsonPointer.describe('The member, a JSON Pointer.'),
});

/** A member of a JSON file in the home, by which a command or an element is guarded. */
export const HomeJsonMember = z.strictObject({
  path: HomePath.describe('A JSON file of the person’s.'),
  pointer: JsonPointer.describe('The member, a JSON Pointer.'),
});

export const HomeFile = withRules(
  z.strictObject({
    ...selection,
    name: DnsLabel.describe('What conditions and events call it.'),
    path: HomePath.describe('Where the file stands, below the home.'),
    source: Source.optional(),
    content: z
      .string()
      .max(65536)
      .optional()
      .describe('Text; variables are replaced. Stands before sourceJSON.'),
    sourceJSON: JsonMember.optional().describe(
      'A string in a JSON file of the machine, taken as it is, with one newline.',
    ),
    mode: Mode.default('0644').describe('The bits of the file.'),
    directoryMode: Mode.default('0755').describe(
      'The bits of its directory where that has to be made; what is above it gets 0755.',
    ),
    policy: z
      .enum(['IfChanged', 'IfAbsent', 'IfMarked', 'Absent'])
      .default('IfChanged')
      .describe(
        'IfChanged: kept equal. IfAbsent: made once, then the person’s own. ' +
          'IfMarked: kept equal while its first line begins with marker. Absent: removed, with everything below it.',
      ),
    marker: Line.optional().describe(
      'What the first line of the file begins with; only with the policy IfMarked.',
    ),
    onlyIfDirectory: HomePath.optional().describe('Only where this directory exists.'),
    optional: z.boolean().default(false).describe('A missing source is no trouble.'),
    sensitive: z.boolean().default(false).describe('The content is never shown.'),
  }),
  [
    selectionRule,
    {
      cel: "self.policy == 'Absent' || has(self.source) != (has(self.content) || has(self.sourceJSON))",
      holds: (file) =>
        file.policy === 'Absent' ||
        (file.source !== undefined) !== (file.content !== undefined || file.sourceJSON !== undefined),
      message: 'a file needs either source, or content or sourceJSON or both',
    },
    {
      cel: "self.policy != 'Absent' || !(has(self.source) || has(self.content) || has(self.sourceJSON))",
      holds: (file) =>
        file.policy !== 'Absent' ||
        (file.source === undefined && file.content === undefined && file.sourceJSON === undefined),
      message: 'a file with the policy Absent can have no content: remove source, content and sourceJSON',
    },
    {
      cel: "(self.policy == 'IfMarked') == has(self.marker)",
      holds: (file) => (file.policy === 'IfMarked') === (file.marker !== undefined),
      message: 'marker goes with the policy IfMarked, and only with it',
      field: 'marker',
    },
  ],
);

const SettingsShape = z.strictObject({
  ...selection,
  name: DnsLabel.describe('What conditions and events call it.'),
  path: HomePath.describe('A JSON file of the person’s; made when absent.'),
  mode: Mode.default('0644').describe('The bits of the file.'),
  set: z
    .record(z.string(), z.json())
    .optional()
    .describe('Members to add where they are absent, at any depth; what is there stays.'),
  elements: z
    .array(
      z.strictObject({
        pointer: JsonPointer.describe('An array; made when absent.'),
        unlessContains: Line.describe('Add nothing when any string in the array contains this text.'),
        value: z.json().describe('The element to add; variables in its strings are replaced.'),
      }),
    )
    .max(64)
    .default([])
    .describe('Elements to append to arrays.'),
  expects: z
    .array(
      z.strictObject({
        pointer: JsonPointer.describe('The member that must be there.'),
        message: Line.describe('What is said while it is not.'),
      }),
    )
    .max(16)
    .default([])
    .describe('Members that somebody else must set; until then the message is shown.'),
});

export const Settings = withRules(SettingsShape, [selectionRule]);

const CommandShape = z.strictObject({
  ...selection,
  name: DnsLabel.describe('What conditions and events call it.'),
  argv: z
    .array(z.string().max(4096))
    .min(1)
    .max(64)
    .describe('Program and arguments; no shell unless named.'),
  env: Environment.default({}).describe('Added to the clean environment of the person.'),
  creates: HomePath.optional().describe('Not run when this exists: what the command is expected to make.'),
  unless: HomeJsonMember.optional().describe('Not run when this member exists.'),
  onlyIf: HomeJsonMember.optional().describe('Run only while this member exists.'),
  requires: HomePath.optional().describe('Waits until this exists.'),
  timeout: Duration.default('5m').describe('After this the command and all it started are killed.'),
});

export const Command = withRules(CommandShape, [
  selectionRule,
  {
    cel: 'has(self.creates) || has(self.unless) || has(self.onlyIf)',
    holds: ({ creates, unless, onlyIf }) =>
      creates !== undefined || unless !== undefined || onlyIf !== undefined,
    message: 'a command needs a guard, or it would run in every pass: set creates, unless or onlyIf',
  },
]);

const SecretShape = z.strictObject({
  ...selection,
  name: DnsLabel.describe('What conditions and events call it.'),
  path: HomePath.describe(
    'The file that the token is written to, mode 0600, only when it is absent or empty.',
  ),
  vault: z
    .strictObject({
      policies: z.array(Line).min(1).max(16).describe('The policies of the token; variables are replaced.'),
      period: Duration.describe('The token is periodic: it lives while it is renewed within this time.'),
      displayName: Line.describe('What Vault’s audit log calls the token; variables are replaced.'),
    })
    .describe('An orphan periodic token, minted with the token of whoever runs the pass.'),
  directories: z
    .array(
      z.strictObject({
        path: HomePath.describe('The directory, below the home.'),
        mode: Mode.default('0700').describe('The bits of the directory, when it has to be made.'),
      }),
    )
    .max(16)
    .default([])
    .describe('Directories that must exist before the units start.'),
  units: z.array(UnitName).max(16).default([]).describe('Units to enable and start.'),
});

export const Secret = withRules(SecretShape, [selectionRule]);
