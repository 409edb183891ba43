import { array, assert, constantFrom, integer, property, tuple } from '../../property.ts';
import { assignPorts, type AssignmentRequest } from '../../../src/roster/assign.ts';
import { claimsOf, envFileDirectories, ownersOf, portVariable } from '../../../src/roster/claims.ts';
import { accountNames, person, service } from './fixtures.ts';

const web = service('web', { envFile: '/etc/x/${user}.env', env: { WEB_PORT: '${port.web}' } });
const mcp = service('mcp', {
  envFile: '/etc/x/mcp-${user}.env',
  env: { MCP_PORT: '${port.mcp}' },
  port: { base: 4003, last: 65535 },
});
const services = [web, mcp];

const assign = (fields: Partial<AssignmentRequest>) =>
  assignPorts({ roster: [], services, files: [], occupied: () => new Set(), ...fields });

const plain = ({ ports }: { ports: ReadonlyMap<string, ReadonlyMap<string, number>> }) =>
  Object.fromEntries([...ports].map(([name, byUser]) => [name, Object.fromEntries(byUser)]));

describe('ownersOf', () => {
  const ownerOf = ownersOf(services);

  it.each([
    ['/etc/x/emo.env', 'emo', 'web'],
    ['/etc/x/mcp-emo.env', 'emo', 'mcp'],
    ['/etc/x/mcp-zed.env', 'zed', 'mcp'],
    ['/etc/x/mcp-.env', 'mcp-', 'web'],
  ])('%s is the file of %s for %s', (path, osUser, name) => {
    const owner = ownerOf(path);
    expect([owner?.osUser, owner?.services.map((found) => found.name)]).toEqual([osUser, [name]]);
  });

  it.each([
    '/etc/x/emo.conf',
    '/etc/x/Emo.env',
    '/etc/x/sub/emo.env',
    '/etc/x/.env',
    '/etc/xxemo.env',
    '/etc/x/e\n.env',
  ])('%j is nobody’s file', (path) => expect(ownerOf(path)).toBeUndefined());

  it('gives a file that two accounts of one length could have to the first in order', () => {
    const crossed = [
      service('left', { envFile: '/x/a-${user}' }),
      service('right', { envFile: '/x/${user}-b' }),
    ];
    expect(ownersOf(crossed)('/x/a-x-b')).toMatchObject({ osUser: 'a-x', services: [{ name: 'right' }] });
  });

  it('gives a shared template’s file to all services that share it', () => {
    const both = [web, { ...mcp, envFile: web.envFile }];
    expect(ownersOf(both)('/etc/x/emo.env')?.services).toEqual(both);
  });
});

describe('claimsOf', () => {
  it('reads each file for its own service only', () => {
    const files = [
      { path: '/etc/x/emo.env', text: 'WEB_PORT=4000\nMCP_PORT=9\n' },
      { path: '/etc/x/mcp-emo.env', text: 'MCP_PORT=4003\n' },
      { path: '/etc/x/bob.env', text: '# no WEB_PORT=4001\n' },
      { path: '/etc/x/dispatch.json', text: '{}' },
    ];
    expect(plain(claimsOf(services, files))).toEqual({ web: { emo: 4000 }, mcp: { emo: 4003 } });
    expect(claimsOf(services, files).troubles).toEqual([]);
  });

  it.each([
    ['WEB_PORT=abc\n', 'InvalidPort', 'WEB_PORT="abc" in /etc/x/emo.env'],
    ['WEB_PORT=04000\n', 'InvalidPort', '04000'],
    ['WEB_PORT=\n', 'InvalidPort', 'WEB_PORT=""'],
    ['WEB_PORT="4000\n', 'EnvFileUnreadable', 'the quote of WEB_PORT is never closed: close it'],
    [undefined, 'EnvFileUnreadable', '/etc/x/emo.env cannot be read as text'],
  ])('is in trouble over %j', (text, reason, message) => {
    const file = { path: '/etc/x/emo.env', ...(text === undefined ? {} : { text }) };
    const { ports, troubles } = claimsOf(services, [file]);
    expect(ports.get('web')?.size).toBe(0);
    expect(troubles).toEqual([
      { osUser: 'emo', service: 'web', reason, message: expect.stringContaining(message) },
    ]);
  });

  it('knows the variable that carries the port by its value', () => {
    expect(portVariable(service('web', { env: { URL: 'http://h:${port.web}/', P: '${port.web}' } }))).toBe(
      'P',
    );
    expect(portVariable(service('web', { env: { P: '${port.mcp}' } }))).toBeUndefined();
  });

  it('names each directory once', () => expect(envFileDirectories(services)).toEqual(['/etc/x']));
});

describe('assignPorts', () => {
  it('gives newcomers ports, per service and tier', () => {
    const admins = { ...mcp, tiers: ['admin' as const] };
    const roster = [person('emo'), person('bob', { tier: 'admin' })];
    expect(plain(assign({ roster, services: [web, admins] }))).toEqual({
      web: { bob: 4000, emo: 4001 },
      mcp: { bob: 4003 },
    });
  });

  it('holds the ports of departed people and those that something listens on', () => {
    const files = [{ path: '/etc/x/gone.env', text: 'WEB_PORT=4000\n' }];
    const occupied = () => new Set([4001]);
    const { ports } = assign({ roster: [person('emo')], services: [web], files, occupied });
    expect(ports.get('web')?.get('emo')).toBe(4002);
  });

  it('asks what is listened on only when somebody has no port yet', () => {
    let asked = 0;
    const occupied = () => {
      asked += 1;
      return new Set<number>();
    };
    const files = [{ path: '/etc/x/emo.env', text: 'WEB_PORT=4000\n' }];
    assign({ roster: [person('emo')], services: [web], files, occupied });
    expect(asked).toBe(0);
    assign({ roster: [person('emo'), person('ada')], services: [web], files, occupied });
    expect(asked).toBe(1);
  });

  it('gives no port of one service out for another', () => {
    const roster = ['a', 'b', 'c', 'd', 'e'].map((name) => person(name));
    const files = [{ path: '/etc/x/mcp-e.env', text: 'MCP_PORT=4001\n' }];
    expect(plain(assign({ roster, files }))).toEqual({
      web: { a: 4000, b: 4002, c: 4003, d: 4004, e: 4005 },
      mcp: { a: 4006, b: 4007, c: 4008, d: 4009, e: 4001 },
    });
  });

  it('refuses a port kept for two services, and serves the others', () => {
    const files = [
      { path: '/etc/x/emo.env', text: 'WEB_PORT=4000\n' },
      { path: '/etc/x/mcp-bob.env', text: 'MCP_PORT=4000\n' },
    ];
    const result = assign({ roster: [person('emo'), person('bob')], files });
    expect(plain(result)).toEqual({ web: { bob: 4001, emo: 4000 }, mcp: { emo: 4003 } });
    expect(result.troubles.map(({ message }) => message)).toEqual([
      'keep port 4000 of mcp for bob: web of emo keeps the same one: give one of the two another port',
    ]);
  });

  it('gives no new port to whoever has an unreadable file', () => {
    const result = assign({
      roster: [person('emo'), person('bob')],
      files: [{ path: '/etc/x/emo.env', text: 'WEB_PORT=x' }],
    });
    expect(result.ports.get('web')).toEqual(new Map([['bob', 4000]]));
    expect(result.troubles.map(({ osUser, service }) => [osUser, service])).toEqual([['emo', 'web']]);
  });

  it('gives no newcomer a port that a file may hold which cannot be read', () => {
    const files = [
      { path: '/etc/x/emo.env' },
      { path: '/etc/x/ada.env', text: 'WEB_PORT=4007' },
      { path: '/etc/x/mcp-bob.env', text: 'MCP_PORT=4008' },
    ];
    const roster = [person('emo'), person('ada'), person('bob')];
    const result = assign({ roster, files });
    expect(plain(result)).toEqual({ web: { ada: 4007 }, mcp: { bob: 4008 } });
    expect(result.troubles.map(({ message }) => message)).toContain(
      'give bob a port of web: which one emo has is not known: keep the port of web for emo: /etc/x/emo.env cannot be read as text: correct it, or run as root',
    );
    const remembered = [{ path: '/etc/x/emo.env', text: 'WEB_PORT=4000' }];
    expect(plain(assign({ roster, files, remembered }))).toEqual({
      web: { ada: 4007, bob: 4001 },
      mcp: { ada: 4003, bob: 4008, emo: 4004 },
    });
  });

  it('holds nothing on account of a remembered file that is found with no port in it', () => {
    const files = [{ path: '/etc/x/emo.env', text: '' }];
    const remembered = [{ path: '/etc/x/emo.env', text: 'WEB_PORT=4000' }];
    const { ports } = assign({ roster: [person('ada'), person('emo')], services: [web], files, remembered });
    expect(ports.get('web')).toEqual(
      new Map([
        ['ada', 4000],
        ['emo', 4001],
      ]),
    );
  });

  it('only notes what is wrong with the file of a departed person', () => {
    const result = assign({ files: [{ path: '/etc/x/gone.env', text: 'WEB_PORT=x' }] });
    expect(result.troubles).toEqual([]);
    expect(result.notes.map(({ osUser }) => osUser)).toEqual(['gone']);
  });

  it('gives no port twice, keeps all it gave, and never one that is held', () => {
    const files = array(tuple(constantFrom('', 'mcp-'), accountNames, integer({ min: 3999, max: 4008 })), {
      maxLength: 8,
    });
    assert(
      property(array(accountNames, { maxLength: 6 }), files, (names, claims) => {
        const roster = [...new Set(names)].map((name) => person(name));
        const found = claims.map(([prefix, name, port]) => ({
          path: `/etc/x/${prefix}${name}.env`,
          text: `${prefix === '' ? 'WEB' : 'MCP'}_PORT=${port}\n`,
        }));
        const unique = [...new Map(found.map((file) => [file.path, file])).values()];
        const first = assign({ roster, files: unique });
        const given = [...first.ports.values()].flatMap((ports) => [...ports.values()]);
        expect(new Set(given).size).toBe(given.length);
        const written = [...first.ports].flatMap(([name, ports]) =>
          [...ports].map(([osUser, port]) => ({
            path: `/etc/x/${name === 'web' ? '' : 'mcp-'}${osUser}.env`,
            text: `${name.toUpperCase()}_PORT=${port}\n`,
          })),
        );
        const next = new Map([...unique, ...written].map((file) => [file.path, file]));
        expect(plain(assign({ roster, files: [...next.values()] }))).toEqual(plain(first));
      }),
    );
  });
});
