import { services } from '../../../src/sections/services.ts';
import { refused } from '../../../src/sections/common.ts';
import { plans, type Found } from './build.ts';
import { binary, directory, file, link } from './tree.ts';

const T3 = '/etc/t3-serve/emo.env';
const PLAYWRIGHT = '/etc/t3-serve/playwright-emo.env';
const t3 = file('T3_PORT=3773\n', 0o600);
const playwright = file('PLAYWRIGHT_PORT=8931\n', 0o600);
const both = { [T3]: t3, [PLAYWRIGHT]: playwright };
const write = {
  kind: 'write-system-file',
  path: T3,
  content: 'T3_PORT=3773\n',
  mode: 0o600,
  before: { kind: 'absent' },
  sensitive: true,
};
const SERVE = 't3-serve@emo.service';
const MCP = 'playwright-mcp@emo.service';
const TIMER = 'playwright-snapshot-refresh@emo.timer';
const of = (text: string, mode = 0o600): { found: Found } => ({
  found: { system: { ...both, [T3]: file(text, mode) } },
});
const rewrites = (text: string, content: string) => ({
  ...of(text),
  actions: [{ ...write, content, before: { kind: 'text', text } }],
});
const unit = (name: string, facts: object): { found: Found } => ({
  found: { system: both, units: { [name]: facts } },
});

describe('the environment of a service', () => {
  plans(services, {
    'is written where there is none': {
      found: { system: { [PLAYWRIGHT]: playwright } },
      actions: [write],
    },
    'needs nothing when it is as it should be': { found: { system: both } },
    'keeps its other lines, and their order': rewrites(
      '# mine\nA=1\nT3_PORT=1\nB=2\n',
      '# mine\nA=1\nT3_PORT=3773\nB=2\n',
    ),
    'keeps its line breaks': rewrites('A=1\r\nT3_PORT=1\r\n', 'A=1\r\nT3_PORT=3773\r\n'),
    'gets a line of its own after one that is not ended': rewrites('A=1', 'A=1\nT3_PORT=3773\n'),
    'loses what must not be set': rewrites('CLAUDE_CODE_OAUTH_TOKEN=x\nT3_PORT=3773\n', 'T3_PORT=3773\n'),
    'is not rewritten for another spelling of the port': of('T3_PORT="3773"\n'),
    'gets its bits back': {
      ...of('T3_PORT=3773\n', 0o644),
      actions: [{ ...write, before: { kind: 'text', text: 'T3_PORT=3773\n' } }],
    },
    'that nobody can read for certain is the trouble of its owner, and the unit waits': {
      found: { system: { ...both, [T3]: file('A="open\n') }, units: { [SERVE]: { enabled: false } } },
      troubles: [
        `Refused EnvFileUnclear: write the environment of t3 to ${T3}: edit an environment file: the quote of A is never closed: close it`,
      ],
    },
    'that is no text is left alone': {
      found: { system: { ...both, [T3]: binary() } },
      troubles: [`Refused NotText: write the environment of t3: ${T3} is not UTF-8 text: move it away`],
    },
    'that is a directory is left alone': {
      found: { system: { ...both, [T3]: directory() } },
      troubles: [`Refused IsDirectory: write the environment of t3: ${T3} is a directory: move it away`],
    },
    'that is a link which is not followed is left alone': {
      found: { system: { ...both, [T3]: link('/tmp/x') } },
      troubles: [
        `Refused SymbolicLink: write the environment of t3: ${T3} is a symbolic link to /tmp/x, which is never followed: remove it`,
      ],
    },
  });
});

describe('the units of a service', () => {
  plans(services, {
    'are enabled and started': {
      ...unit(SERVE, { enabled: false, active: 'inactive' }),
      actions: [
        { kind: 'enable-unit', unit: SERVE },
        { kind: 'start-unit', unit: SERVE },
      ],
    },
    'are started after their environment is written': {
      found: { system: { [PLAYWRIGHT]: playwright }, units: { [SERVE]: { active: 'inactive' } } },
      actions: [write, { kind: 'start-unit', unit: SERVE }],
    },
    'that run are not restarted when the environment changes': {
      found: { system: { [PLAYWRIGHT]: playwright } },
      actions: [write],
    },
    'that failed are started': {
      ...unit(SERVE, { active: 'failed' }),
      actions: [{ kind: 'start-unit', unit: SERVE }],
    },
    'that are on their way are let go': unit(SERVE, { active: 'activating' }),
    'are enabled only where nothing can be started': {
      ...unit(SERVE, { enabled: false, active: 'unknown' }),
      actions: [{ kind: 'enable-unit', unit: SERVE }],
    },
    'that this machine does not have are told of, the others are not kept from running': {
      found: { system: both, units: { [MCP]: { exists: false }, [TIMER]: { active: 'inactive' } } },
      actions: [{ kind: 'start-unit', unit: TIMER }],
      troubles: [`Waiting UnitMissing: enable ${MCP}: this machine has no such unit: install it`],
    },
    'that are masked stay so': {
      ...unit(SERVE, { masked: true, enabled: false, active: 'inactive' }),
      troubles: [`Refused UnitMasked: enable ${SERVE}: it is masked: run systemctl unmask ${SERVE}`],
    },
  });
});

const conflict = refused(
  'PortConflict',
  'keep port 3773 of t3 for emo: ann keeps the same one: give one of the two another port',
);

describe('a person in trouble over a port', () => {
  plans(
    services,
    {
      'has no service on it, and those on other ports': {
        found: { units: { [SERVE]: { active: 'inactive' } } },
        actions: [{ ...write, path: PLAYWRIGHT, content: 'PLAYWRIGHT_PORT=8931\n' }],
        troubles: [`Refused PortConflict: ${conflict.message}`],
      },
      'is told so though there is nothing else to say': {
        found: { system: both },
        troubles: [`Refused PortConflict: ${conflict.message}`],
      },
    },
    { ports: { playwright: 8931 }, portTroubles: [conflict] },
  );
});

describe('the services of a suspended person', () => {
  const stop = (name: string) => ({ kind: 'disable-unit', unit: name });
  plans(
    services,
    {
      'are stopped and disabled': { found: { system: both }, actions: [SERVE, MCP, TIMER].map(stop) },
      'are stopped though they are disabled': {
        found: {
          system: both,
          units: Object.fromEntries([SERVE, MCP, TIMER].map((name) => [name, { enabled: false }])),
        },
        actions: [SERVE, MCP, TIMER].map(stop),
      },
      'are disabled though they are stopped': {
        found: {
          system: both,
          units: Object.fromEntries([SERVE, MCP, TIMER].map((name) => [name, { active: 'inactive' }])),
        },
        actions: [SERVE, MCP, TIMER].map(stop),
      },
      'that are stopped and disabled stay so': {
        found: {
          system: both,
          units: Object.fromEntries(
            [SERVE, MCP, TIMER].map((name) => [name, { enabled: false, active: 'inactive' }]),
          ),
        },
      },
      'are stopped though their unit file is gone': {
        found: {
          system: both,
          units: {
            [SERVE]: { exists: false, enabled: false, active: 'active' },
            [MCP]: { enabled: false, active: 'inactive' },
            [TIMER]: { exists: false, enabled: false, active: 'unknown' },
          },
        },
        actions: [stop(SERVE)],
      },
      'are stopped though there is trouble over a port': {
        who: { ports: { playwright: 8931 }, portTroubles: [conflict] },
        found: { system: both },
        actions: [SERVE, MCP, TIMER].map(stop),
        troubles: [`Refused PortConflict: ${conflict.message}`],
      },
      'are stopped though their environment is in doubt': {
        found: { system: { ...both, [T3]: file('A="open\n') } },
        actions: [SERVE, MCP, TIMER].map(stop),
        troubles: [
          `Refused EnvFileUnclear: write the environment of t3 to ${T3}: edit an environment file: the quote of A is never closed: close it`,
        ],
      },
      'keep their port': {
        found: {
          system: { [PLAYWRIGHT]: playwright },
          units: Object.fromEntries(
            [SERVE, MCP, TIMER].map((name) => [name, { enabled: false, active: 'inactive' }]),
          ),
        },
        actions: [write],
      },
    },
    { spec: { suspended: true } },
  );
});
