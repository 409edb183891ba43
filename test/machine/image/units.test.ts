import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SystemFiles } from '../../../src/host/files/system.ts';
import { changeLinks } from '../../../src/host/units/links.ts';
import type { Probe } from '../../../src/sections/facts.ts';
import { runProcess } from '../../harness/machine/process.ts';
import { describeMachine } from '../../harness/requirements.ts';

const ETC = '/etc/systemd/system';
const LIB = '/usr/lib/systemd/system';
const SERVICE = '[Service]\nExecStart=/bin/true\n';
const WANTED = '[Install]\nWantedBy=multi-user.target\n';

/** Files by path; a value that begins with `->` is a link. */
type Files = Readonly<Record<string, string>>;

const made: string[] = [];

/** An image with these files, on a system whose /lib is /usr/lib. */
function makeImage(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'workstation-image-'));
  made.push(root);
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  symlinkSync('usr/lib', join(root, 'lib'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), join(root, path));
    else writeFileSync(join(root, path), content);
  }
  return root;
}

/** Every link and every directory below /etc. Some builds of systemd say /lib where others say /usr/lib. */
function tree(root: string): string[] {
  return readdirSync(join(root, 'etc'), { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const target = entry.isSymbolicLink() ? ` -> ${readlinkSync(path)}` : '';
      return `${path.slice(root.length)}${target.replace(/^ -> \/lib\//, ' -> /usr/lib/')}`;
    })
    .sort();
}

function change(root: string, verb: 'enable' | 'disable', units: readonly string[]) {
  const files = new SystemFiles(root);
  const look = (probes: readonly Probe[]) => files.observe(probes);
  return changeLinks(look, files)(verb, units).finally(() => files.close());
}

async function systemctl(root: string, verb: string, units: readonly string[]): Promise<number> {
  return (await runProcess(['systemctl', `--root=${root}`, '--quiet', verb, '--', ...units])).code;
}

afterAll(() => made.forEach((root) => rmSync(root, { recursive: true })));

describeMachine('links of units in an image are those of systemctl', () => {
  it.each<[string, string[], Files]>([
    ['a unit of the administrator', ['a.service'], { [`${ETC}/a.service`]: SERVICE + WANTED }],
    ['a unit of a package', ['a.service'], { [`${LIB}/a.service`]: SERVICE + WANTED }],
    ['instances', ['a@x.service', 'a@y.service'], { [`${ETC}/a@.service`]: SERVICE + WANTED }],
    ['an instance with @ in its name', ['a@x@y.service'], { [`${LIB}/a@.service`]: SERVICE + WANTED }],
    [
      'several targets, some required',
      ['a.service'],
      { [`${ETC}/a.service`]: `${SERVICE}${WANTED}WantedBy=b.target c.target\nRequiredBy=d.target\n` },
    ],
    [
      'a target named after the instance',
      ['a@x.service'],
      { [`${ETC}/a@.service`]: `${SERVICE}[Install]\nRequiredBy=of-%i.target %p.target\n` },
    ],
    ['an alias', ['a.service'], { [`${ETC}/a.service`]: `${SERVICE}${WANTED}Alias=b.service\n` }],
    [
      'an alias of instances',
      ['a@x.service'],
      { [`${ETC}/a@.service`]: `${SERVICE}${WANTED}Alias=b@.service\n` },
    ],
    [
      'a template with a default instance and an alias',
      ['a@.service'],
      { [`${LIB}/a@.service`]: `${SERVICE}${WANTED}DefaultInstance=main\nAlias=b@.service\n` },
    ],
    [
      'companions that name each other',
      ['a.service'],
      {
        [`${LIB}/a.service`]: `${SERVICE}[Install]\nAlso=a.socket gone.socket\n`,
        [`${LIB}/a.socket`]:
          '[Socket]\nListenStream=1\n[Install]\nWantedBy=sockets.target\nAlso=a.service a.timer\n',
        [`${ETC}/a.timer`]: `[Timer]\nOnBootSec=1\n${WANTED}`,
      },
    ],
    [
      'a drop-in that asks for it',
      ['a@x.service'],
      { [`${LIB}/a@.service`]: SERVICE, [`${ETC}/a@.service.d/more.conf`]: WANTED },
    ],
    [
      'a file that is linked from elsewhere',
      ['a.service'],
      { [`${ETC}/a.service`]: '-> /opt/a.service', '/opt/a.service': SERVICE + WANTED },
    ],
    [
      'an override of a package’s file',
      ['a.service'],
      { [`${ETC}/a.service`]: SERVICE + WANTED, [`${LIB}/a.service`]: SERVICE },
    ],
    ['nothing to install', ['a.service'], { [`${ETC}/a.service`]: SERVICE }],
    [
      'somebody else’s units in the same directory',
      ['a@x.service'],
      {
        [`${ETC}/a@.service`]: SERVICE + WANTED,
        [`${ETC}/multi-user.target.wants/a@z.service`]: `-> ${ETC}/a@.service`,
      },
    ],
    [
      '/etc/systemd/system that is a link',
      ['a.service'],
      { '/usr/units/a.service': SERVICE + WANTED, [ETC]: '-> ../../usr/units' },
    ],
  ])('for %s', async (_, units, files) => {
    const [ours, theirs] = [makeImage(files), makeImage(files)];
    expect(await change(ours, 'enable', units)).toEqual({ complaints: new Map(), failure: undefined });
    expect(await systemctl(theirs, 'enable', units)).toBe(0);
    expect(tree(ours)).toEqual(tree(theirs));

    expect((await change(ours, 'enable', units)).failure).toBeUndefined();
    expect(tree(ours)).toEqual(tree(theirs));

    if (files[`${ETC}/a.service`]?.startsWith('->')) return;
    expect((await change(ours, 'disable', units)).failure).toBeUndefined();
    expect(await systemctl(theirs, 'disable', units)).toBe(0);
    expect(tree(ours).filter(isLink)).toEqual(tree(theirs).filter(isLink).filter(isNotForgotten));
  });

  it.each<[string, string, Files]>([
    [
      'a.service cannot have the alias b.socket, which is of another kind: correct its file',
      'an alias of another type',
      { [`${ETC}/a.service`]: `${SERVICE}[Install]\nAlias=b.socket\n` },
    ],
    [
      'a.service cannot have the alias b@x.service, which is of another kind: correct its file',
      'an instance as the alias of none',
      { [`${ETC}/a.service`]: `${SERVICE}[Install]\nAlias=b@x.service\n` },
    ],
    [
      'the [Install] section of a.service names ../../../b.target, which is no unit: correct it',
      'a target that leads out of the directory',
      { [`${ETC}/a.service`]: `${SERVICE}[Install]\nWantedBy=../../../b.target\n` },
    ],
  ])('and refuse as it does: %s', async (sentence, _, files) => {
    const [ours, theirs] = [makeImage(files), makeImage(files)];
    const before = tree(ours);
    expect((await change(ours, 'enable', ['a.service'])).failure).toBe(sentence);
    expect(await systemctl(theirs, 'enable', ['a.service'])).not.toBe(0);
    expect(tree(ours)).toEqual(before);
  });

  it('and replace nothing', async () => {
    const link = `${ETC}/multi-user.target.wants/a.service`;
    const root = makeImage({ [`${ETC}/a.service`]: SERVICE + WANTED, [link]: '-> /opt/other.service' });
    expect((await change(root, 'enable', ['a.service'])).failure).toBe(
      `${link} exists already: move it away`,
    );
    expect(readlinkSync(join(root, link))).toBe('/opt/other.service');
  });

  it('and where the unit is another name of one, that one is to be named', async () => {
    const root = makeImage({ [`${LIB}/a.service`]: SERVICE + WANTED, [`${LIB}/b.service`]: '-> a.service' });
    expect((await change(root, 'enable', ['b.service'])).failure).toBe(
      'b.service is another name of a.service: name that instead',
    );
  });

  it('and an absolute link in the image leads to its own files', async () => {
    const root = makeImage({ '/usr/units/a.service': SERVICE + WANTED, [ETC]: '-> /usr/units' });
    expect((await change(root, 'enable', ['a.service'])).failure).toBeUndefined();
    expect(readlinkSync(join(root, 'usr/units/multi-user.target.wants/a.service'))).toBe(`${ETC}/a.service`);
  });
});

const isLink = (line: string) => line.includes(' -> ');
/** systemctl leaves the aliases of instances behind. */
const isNotForgotten = (line: string) => !line.startsWith(`${ETC}/b@x.service`);
