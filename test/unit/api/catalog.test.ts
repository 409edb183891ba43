import { catalog } from '../../../src/api/catalog.ts';
import { importManifests } from '../../../src/api/manifest.ts';
import type { WorkstationUser } from '../../../src/api/user.ts';

const ENV = 'serve %s: the environment file of';

describe('users of one workstation', () => {
  it('are all accepted when they differ, in their order', () => {
    expect(outcome([user('b'), user('a')])).toEqual({ accepted: ['b', 'a'], stalled: [] });
  });

  it('with one account: the first has it', () => {
    expect(outcome([user('a', { osUser: 'x' }), user('x'), user('b')])).toEqual({
      accepted: ['a', 'b'],
      stalled: ['x AccountTaken osUser: serve x: the account x belongs to the user a: choose another osUser'],
    });
  });

  it('with one identity: the older has it, whatever their order', () => {
    const older = user('b', { authentikUser: 'id' }, '2026-01-01T00:00:00Z');
    const younger = user('a', { authentikUser: 'id' }, '2026-01-01T00:00:01Z');
    const expected = {
      accepted: ['b'],
      stalled: [
        'a IdentityTaken authentikUser: serve a: the authentikUser id belongs to the user b: one identity can lead to one account only',
      ],
    };
    expect(outcome([younger, older])).toEqual(expected);
    expect(outcome([older, younger])).toEqual(expected);
  });

  it('created in one second: the name decides, whatever their order', () => {
    const [a, b] = ['a', 'b'].map((name) => user(name, { authentikUser: 'id' }, '2026-01-01T00:00:00Z'));
    if (a === undefined || b === undefined) throw new Error('two users');
    expect(outcome([b, a]).accepted).toEqual(['a']);
    expect(outcome([a, b]).accepted).toEqual(['a']);
  });

  it('from a cluster go before those from files', () => {
    const fromCluster = user('b', { authentikUser: 'id' }, '2026-01-01T00:00:00Z');
    expect(outcome([user('a', { authentikUser: 'id' }), fromCluster]).accepted).toEqual(['b']);
  });

  it('keep what they claim while they are in trouble themselves', () => {
    const users = [
      user('a'),
      user('b', { osUser: 'a', authentikUser: 'id' }),
      user('c', { authentikUser: 'id' }),
    ];
    expect(outcome(users).accepted).toEqual(['a']);
  });

  it('are not compared with those of another one', () => {
    const users = [user('a', { workstation: 'm' }), user('b', { osUser: 'a', workstation: 'other' })];
    expect(outcome(users)).toEqual({ accepted: ['a'], stalled: [] });
    expect(catalog(users).accepted).toHaveLength(2);
  });

  it('that name no workstation are its own', () => {
    expect(outcome([user('a', { workstation: 'm' }), user('b', { osUser: 'a' })]).accepted).toEqual(['a']);
  });
});

describe('environment files', () => {
  it('of the longer account collide, whether the other person exists or not', () => {
    const users = [user('two-emo'), user('emo')];
    expect(outcome(users, ['/etc/x/${user}.env', '/etc/x/two-${user}.env'])).toEqual({
      accepted: ['emo'],
      stalled: [
        `two-emo EnvFileTaken osUser: ${ENV.replace('%s', 'two-emo')} s0 for two-emo, /etc/x/two-emo.env, is that of s1 for emo too: choose another osUser`,
      ],
    });
  });

  it('do not collide where the rest is no account', () => {
    const users = [user('two-', { osUser: 'two-' }), user('two-1'), user('atwo-b')];
    expect(outcome(users, ['/etc/x/${user}.env', '/etc/x/two-${user}.env']).stalled).toEqual([]);
  });

  it('of accounts of one length: only one of them is refused', () => {
    const outcomes = outcome([user('ba'), user('ab')], ['/e/a${user}', '/e/${user}a']);
    expect(outcomes.accepted).toEqual(['ab']);
  });

  it('of one person collide with each other', () => {
    expect(outcome([user('a'), user('b')], ['/e/a${user}', '/e/${user}a']).accepted).toEqual(['b']);
  });

  it('collide with what the machine publishes', () => {
    expect(outcome([user('map')], ['/e/${user}'], ['/e/map']).stalled).toEqual([
      `map EnvFileTaken osUser: ${ENV.replace('%s', 'map')} s0 for map, /e/map, is the machine's m0 too: choose another osUser`,
    ]);
  });
});

function outcome(
  users: readonly WorkstationUser[],
  envFiles: readonly string[] = [],
  maps: readonly string[] = [],
) {
  const { accepted, stalled } = catalog(users, machine(envFiles, maps));
  return {
    accepted: accepted.map(({ metadata }) => metadata.name),
    stalled: stalled.map(
      ({ user, reason, field, message }) => `${user.metadata.name} ${reason} ${field}: ${message}`,
    ),
  };
}

function user(
  name: string,
  spec: Partial<WorkstationUser['spec']> = {},
  creationTimestamp?: string,
): WorkstationUser {
  return {
    apiVersion: 'workstation.dev/v1alpha1',
    kind: 'WorkstationUser',
    metadata: { name, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) },
    spec: {
      authentikUser: `id-${name}`,
      k8sUser: name,
      tier: 'admin',
      codeLayout: 'single',
      suspended: false,
      offboarding: 'Retain',
      ...spec,
    },
  };
}

function machine(envFiles: readonly string[], maps: readonly string[]) {
  const manifest = {
    apiVersion: 'workstation.dev/v1alpha1',
    kind: 'Workstation',
    metadata: { name: 'm' },
    spec: {
      services: envFiles.map((envFile, index) => ({
        name: `s${index}`,
        port: { base: 3000 },
        envFile,
        env: {},
      })),
      machine: {
        maps: maps.map((path, index) => ({ name: `m${index}`, path, format: 'JSON', service: 's0' })),
      },
    },
  };
  const [declared] = importManifests('f', JSON.stringify(manifest)).workstations;
  if (declared === undefined) throw new Error('the manifest of the test is not sound');
  return declared.object;
}
