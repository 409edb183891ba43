import { UnitFiles } from '../../../../src/host/units/files.ts';
import type { Entry, Probe } from '../../../../src/sections/facts.ts';

const owned = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
const ETC = '/etc/systemd/system';
const LIB = '/usr/lib/systemd/system';
const UPHELD = '[Install]\nUpheldBy=b.target\n';
const INSTALL = '[Install]\nWantedBy=multi-user.target\n';

/** Files by path; a value that begins with `->` is a link. A directory's list is the same while nothing in it changes. */
function unitFiles(files: Readonly<Record<string, string>>) {
  const probed: Probe[] = [];
  const listed = new Map<string, readonly string[]>();
  const entry = ({ path, read }: Probe): Entry => {
    const content = files[path];
    if (content?.startsWith('-> ')) {
      const target = content.slice(3);
      return read === 'stat' ? { kind: 'symlink', target } : entry({ path: target, read });
    }
    if (content !== undefined)
      return { ...owned, kind: 'file', size: content.length, links: 1, text: content };
    const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
    if (below.length === 0) return { kind: 'absent' };
    const names = [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))];
    const key = `${path} ${names.join()}`;
    listed.set(key, listed.get(key) ?? names);
    return { ...owned, kind: 'directory', names: listed.get(key) ?? [] };
  };
  const look = (probes: readonly Probe[]) => {
    probed.push(...probes);
    return new Map(probes.map((probe) => [probe.path, entry(probe)]));
  };
  return { files: new UnitFiles(look), probed };
}

const facts = (unit: string, files: Readonly<Record<string, string>>) => {
  const { exists, masked, enabled } = unitFiles(files).files.facts(unit);
  return [exists && 'exists', masked && 'masked', enabled && 'enabled'].filter(Boolean).join();
};

describe('unit files', () => {
  it.each<[string, string, string, Readonly<Record<string, string>>]>([
    ['nothing', '', 'a.service', {}],
    ['a file without links', 'exists', 'a.service', { [`${LIB}/a.service`]: INSTALL }],
    [
      'a file with its link',
      'exists,enabled',
      'a.service',
      {
        [`${LIB}/a.service`]: INSTALL,
        [`${ETC}/multi-user.target.wants/a.service`]: `-> ${LIB}/a.service`,
      },
    ],
    [
      'one of two links',
      'exists',
      'a.service',
      {
        [`${LIB}/a.service`]: `${INSTALL}Alias=b.service\n`,
        [`${ETC}/multi-user.target.wants/a.service`]: `-> ${LIB}/a.service`,
      },
    ],
    ['nothing to install', 'exists,enabled', 'a.service', { [`${LIB}/a.service`]: '[Service]\n' }],
    [
      'what is to be upheld, and is',
      'exists,enabled',
      'a.service',
      { [`${LIB}/a.service`]: UPHELD, [`${ETC}/b.target.upholds/a.service`]: `-> ${LIB}/a.service` },
    ],
    ['what is to be upheld, and is not', 'exists', 'a.service', { [`${LIB}/a.service`]: UPHELD }],
    [
      'what is to be upheld by a systemd that can',
      'exists',
      'a.service',
      { [`${LIB}/a.service`]: UPHELD, '/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-254.so': '' },
    ],
    [
      'what is to be upheld by a systemd that does not know of it, so that it has nothing to install',
      'exists,enabled',
      'a.service',
      { [`${LIB}/a.service`]: UPHELD, '/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-253.9.so': '' },
    ],
    [
      'what is to be upheld by an older systemd, elsewhere',
      'exists,enabled',
      'a.service',
      { [`${LIB}/a.service`]: UPHELD, '/usr/lib/systemd/libsystemd-shared-252.so': '' },
    ],
    ['a template', 'exists', 'a@x.service', { [`${LIB}/a@.service`]: INSTALL }],
    [
      'a template with a link of another instance',
      'exists',
      'a@x.service',
      {
        [`${LIB}/a@.service`]: INSTALL,
        [`${ETC}/multi-user.target.wants/a@y.service`]: '-> a@.service',
      },
    ],
    [
      'a file of the instance before the template',
      'exists,enabled',
      'a@x.service',
      {
        [`${LIB}/a@x.service`]: '[Service]\n',
        [`${ETC}/a@.service`]: INSTALL,
      },
    ],
    [
      'a mask before a file',
      'exists,masked',
      'a.service',
      {
        [`${ETC}/a.service`]: '-> /dev/null',
        [`${LIB}/a.service`]: INSTALL,
      },
    ],
    ['an empty file, which masks too', 'exists,masked', 'a.service', { [`${ETC}/a.service`]: '' }],
    ['a masked template', 'exists,masked', 'a@x.service', { [`${ETC}/a@.service`]: '-> /dev/null' }],
    [
      'a link to a file elsewhere',
      'exists',
      'a.service',
      { [`${ETC}/a.service`]: '-> /opt/a.service', '/opt/a.service': INSTALL },
    ],
    [
      'a link to nothing before a file',
      'exists',
      'a.service',
      {
        [`${ETC}/a.service`]: '-> /opt/gone.service',
        [`${LIB}/a.service`]: INSTALL,
      },
    ],
    [
      'a drop-in that asks for more',
      'exists',
      'a@x.service',
      {
        [`${LIB}/a@.service`]: '[Service]\n',
        [`${ETC}/a@.service.d/more.conf`]: INSTALL,
      },
    ],
    [
      'a drop-in of the instance in place of the template’s',
      'exists,enabled',
      'a@x.service',
      {
        [`${LIB}/a@.service`]: '[Service]\n',
        [`${ETC}/a@.service.d/more.conf`]: INSTALL,
        [`${ETC}/a@x.service.d/more.conf`]: '[Service]\n',
      },
    ],
    [
      'a companion that is not enabled',
      'exists',
      'a.service',
      {
        [`${LIB}/a.service`]: '[Install]\nAlso=a.socket\n',
        [`${LIB}/a.socket`]: '[Install]\nWantedBy=sockets.target\nAlso=a.service\n',
      },
    ],
    [
      'companions that are enabled',
      'exists,enabled',
      'a.service',
      {
        [`${LIB}/a.service`]: '[Install]\nAlso=a.socket\n',
        [`${LIB}/a.socket`]: '[Install]\nWantedBy=sockets.target\nAlso=a.service\n',
        [`${ETC}/sockets.target.wants/a.socket`]: '-> a.socket',
      },
    ],
  ])('with %s: %j', (_, found, unit, files) => {
    expect(facts(unit, files)).toBe(found);
  });

  it('are each read once, however many instances a template has', () => {
    const { files, probed } = unitFiles({ [`${LIB}/a@.service`]: INSTALL });
    for (let count = 0; count < 50; count += 1) files.facts(`a@u${count}.service`);
    expect(probed.filter(({ path }) => path === `${LIB}/a@.service`)).toHaveLength(2);
    expect(new Set(probed.map(({ path, read }) => `${read} ${path}`)).size).toBe(probed.length);
  });

  it.each<[string, string, string | undefined, boolean]>([
    ['a file elsewhere', '/opt/b.service', INSTALL, true],
    ['a link of another instance', `${ETC}/multi-user.target.wants/a@y.service`, '-> a@.service', false],
    ['its link', `${ETC}/multi-user.target.wants/a@x.service`, undefined, false],
    ['its file', `${LIB}/a@.service`, UPHELD, false],
    ['a mask', `${ETC}/a@x.service`, '-> /dev/null', false],
    ['another mask', `${ETC}/b.service`, '-> /opt/gone', false],
    ['a drop-in', `${ETC}/a@.service.d/more.conf`, UPHELD, false],
    ['a directory of drop-ins', `${LIB}/a@x.service.d/more.conf`, UPHELD, false],
  ])('are as they were before %s changed, or are not', (_, path, content, isStill) => {
    const there: Record<string, string> = {
      [`${LIB}/a@.service`]: INSTALL,
      [`${ETC}/a@.service.d/more.conf`]: '[Service]\n',
      [`${ETC}/multi-user.target.wants/a@x.service`]: '-> a@.service',
      [`${ETC}/b.service`]: '-> /dev/null',
    };
    const { files } = unitFiles(there);
    expect(files.facts('a@x.service').enabled).toBe(true);
    expect(files.facts('b.service').masked).toBe(true);
    expect(files.isStill()).toBe(true);
    if (content === undefined) delete there[path];
    else there[path] = content;
    expect(files.isStill()).toBe(isStill);
  });

  it('know the links by which a unit starts at boot, also when its own file is gone', () => {
    const { files } = unitFiles({
      [`${ETC}/multi-user.target.wants/a.service`]: '-> gone',
      '/run/systemd/system/b.target.requires/a.service': '-> gone',
      [`${ETC}/d.target.upholds/a.service`]: '-> gone',
      [`${LIB}/c.target.wants/a.service`]: '-> gone',
    });
    expect(files.linksTo('a.service')).toEqual([
      `${ETC}/multi-user.target.wants/a.service`,
      `${ETC}/d.target.upholds/a.service`,
      '/run/systemd/system/b.target.requires/a.service',
    ]);
    expect(files.linksTo('b.service')).toEqual([]);
  });
});
