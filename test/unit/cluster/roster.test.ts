import { CONFIRM_REMOVALS, ROSTER_ORIGIN } from '../../../src/api/marks.ts';
import { configMaps, USERS, WORKSTATIONS, type ClusterUser } from '../../../src/cluster/kinds.ts';
import { ApiError } from '../../../src/kubernetes/api.ts';
import { MemoryServer } from './memory-server.ts';
import { user } from './objects.ts';
import { Stage } from './stage.ts';

const SOURCE = { namespace: 'people', name: 'roster', workstation: 'm' };
const entry = (name: string, tier = 'power-user') =>
  `  ${name}: {authentik_user: sso-${name}, k8s_user: k8s-${name}, tier: ${tier}}\n`;

let stage: Stage;
beforeEach(async () => {
  stage = new Stage(new MemoryServer(), { roster: SOURCE });
  await stage.machine('m', { offboarding: { massRemovalLimit: 1 } });
});
afterEach(() => stage.stop());

async function write(text: string | undefined, annotations = {}): Promise<void> {
  const data = text === undefined ? {} : { 'roster.yaml': text };
  await stage.put(configMaps('people'), { metadata: { name: 'roster', annotations }, data } as never);
}

/** `NAME TIER`, with `-` in front of who is being deleted. */
function users(): string[] {
  return (stage.server.all(USERS) as ClusterUser[])
    .map(({ metadata, spec }) => `${metadata.deletionTimestamp ? '-' : ''}${metadata.name} ${spec.tier}`)
    .sort();
}

const said = () => stage.conditions('m', WORKSTATIONS)['RosterMirrored'];

describe('a roster in a ConfigMap', () => {
  it('becomes users, who are served like all others', async () => {
    await write(`users:\n${entry('ada')}${entry('emo', 'admin')}`);
    expect(users()).toEqual(['ada power-user', 'emo admin']);
    expect(stage.user('ada').metadata.annotations).toEqual({ [ROSTER_ORIGIN]: 'people/roster' });
    expect(stage.conditions('ada')['Accepted']).toBe('True/Accepted');
    expect(said()).toBe('True/Mirrored');
  });

  it('changes them with it, and takes away who is gone', async () => {
    await write(`users:\n${entry('ada')}${entry('emo')}`);
    stage.requests();
    await write(`users:\n${entry('emo', 'admin')}`);
    expect(users()).toEqual(['-ada power-user', 'emo admin']);
    expect(stage.requests().filter((request) => request.startsWith('apply workstationusers'))).toEqual([
      'apply workstationusers/emo',
    ]);
  });

  it.each<[string, string | undefined, string]>([
    ['is no YAML', 'users: [', 'False/RosterInvalid'],
    ['is empty', '', 'False/RosterEmpty'],
    ['lacks its field', undefined, 'False/RosterUnreadable'],
    ['declares nobody', 'users: {}\n', 'False/RemovalsHeld'],
  ])('that %s changes nothing', async (_, text, expected) => {
    await write(`users:\n${entry('ada')}`);
    await write(text);
    expect(users()).toEqual(['ada power-user']);
    expect(said()).toBe(expected);
    await write(`users:\n${entry('ada')}`);
    expect(said()).toBe('True/Mirrored');
  });

  it('that is deleted changes nothing', async () => {
    await write(`users:\n${entry('ada')}`);
    stage.server.remove(configMaps('people'), 'roster');
    await stage.settle();
    expect(users()).toEqual(['ada power-user']);
    expect(said()).toBe('False/RosterUnreadable');
  });

  it('with an unsound entry serves all others, and keeps that person as they are', async () => {
    await write(`users:\n${entry('ada')}${entry('emo')}`);
    await write(`users:\n${entry('ada', 'queen')}${entry('emo', 'admin')}${entry('new')}`);
    expect(users()).toEqual(['ada power-user', 'emo admin', 'new power-user']);
    expect(said()).toBe('False/EntriesUnsound');
  });

  it('that loses many holds all removals until this text is confirmed', async () => {
    await write(`users:\n${entry('ada')}${entry('bob')}${entry('emo')}`);
    const text = `users:\n${entry('emo')}`;
    await write(text);
    expect(users()).toEqual(['ada power-user', 'bob power-user', 'emo power-user']);
    expect(said()).toBe('False/RemovalsHeld');
    const { status } = stage.server.read(WORKSTATIONS, 'm') as ClusterUser;
    const message = status?.conditions?.find(({ type }) => type === 'RosterMirrored')?.message ?? '';
    const [, digest] = new RegExp(`${CONFIRM_REMOVALS}=(\\w+)$`).exec(message) ?? [];
    await write(text, { [CONFIRM_REMOVALS]: 'another' });
    expect(users()).toContain('ada power-user');
    await write(text, { [CONFIRM_REMOVALS]: digest });
    expect(users()).toEqual(['-ada power-user', '-bob power-user', 'emo power-user']);
  });

  it('brings back who was deleted by hand, once they are gone', async () => {
    await write(`users:\n${entry('ada')}`);
    stage.server.remove(USERS, 'ada');
    await stage.settle();
    expect(users()).toEqual(['-ada power-user']);
    await stage.cut('ada');
    expect(users()).toEqual(['ada power-user']);
  });

  it('repairs what somebody else has changed', async () => {
    await write(`users:\n${entry('ada')}`);
    await stage.put(USERS, {
      metadata: { name: 'ada' },
      spec: { ...stage.user('ada').spec, tier: 'admin' },
    } as never);
    expect(users()).toEqual(['ada power-user']);
  });

  it('does not touch a user of the same name that it has not made', async () => {
    await stage.put(USERS, user('ada', { tier: 'admin', workstation: 'm' }));
    await write(`users:\n${entry('ada')}${entry('emo')}`);
    expect(users()).toEqual(['ada admin', 'emo power-user']);
    expect(said()).toBe('False/EntriesUnsound');
  });

  it('of which the API server refuses one person serves all others', async () => {
    stage.server.refuse = (request) => {
      if (request === 'apply workstationusers/ada') throw new ApiError('ada cannot move', { status: 422 });
    };
    await write(`users:\n${entry('ada')}${entry('emo')}`);
    expect(users()).toEqual(['emo power-user']);
    expect(said()).toBe('False/EntriesUnsound');
  });
});
