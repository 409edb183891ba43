import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as fc from '../../property.ts';
import { printProblem } from '../../../src/api/text/problem.ts';
import { loadInput, type LoadOptions } from '../../../src/source/files/load.ts';

const ROSTER = 'users:\n  emo: {authentik_user: emil, k8s_user: emo, tier: admin}\n';
const USER = `apiVersion: workstation.dev/v1alpha1\nkind: WorkstationUser\nmetadata: {name: ana}\nspec: {authentikUser: ana, k8sUser: ana, tier: admin}\n`;
const workstation = (name: string, spec = '{}') =>
  `apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'load-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('loading', () => {
  it('takes a roster, a manifest and a folder, and tells them apart by their content', async () => {
    write('a.txt', ROSTER);
    mkdirSync(join(folder, 'd'));
    write('d/b.yaml', USER);
    write(
      'd/c.json',
      JSON.stringify({ users: { bob: { authentik_user: 'bob', k8s_user: 'bob', tier: 'admin' } } }),
    );
    write('d/d.yml', workstation('m'));
    write('d/README.md', '{');
    write('d/.hidden.yaml', '{');
    expect(await load(['a.txt', 'd'])).toEqual({
      users: ['emo', 'bob', 'ana'],
      workstation: ['m', join(folder, 'd')],
      problems: [],
      warnings: [],
    });
  });

  it('takes standard input for "-"', async () => {
    const stdin = Readable.from([Buffer.from(ROSTER.slice(0, 9)), Buffer.from(ROSTER.slice(9))]);
    const { users, problems } = await loadInput(['-'], { stdin });
    expect(users.map(({ object }) => object.metadata.name)).toEqual(['emo']);
    expect(problems).toEqual([]);
  });

  it('takes an empty file for nobody, and says so', async () => {
    write('a.yaml', '');
    expect(await load(['a.yaml'])).toMatchObject({
      users: [],
      problems: [],
      warnings: ['a.yaml: found nothing: an empty file declares nobody'],
    });
  });

  it('follows the links of a mounted ConfigMap', async () => {
    mkdirSync(join(folder, '..data'));
    write('..data/roster.yaml', ROSTER);
    symlinkSync('..data/roster.yaml', join(folder, 'roster.yaml'));
    expect(await load(['.'])).toMatchObject({ users: ['emo'], problems: [] });
  });

  it('gives the same revision for the same bytes, and another one for others', async () => {
    write('a.yaml', ROSTER);
    const paths = [join(folder, 'a.yaml')];
    const first = await loadInput(paths);
    expect(first.revision).toMatch(/^[0-9a-f]{64}$/);
    expect((await loadInput(paths)).revision).toBe(first.revision);
    write('a.yaml', `${ROSTER}# more\n`);
    expect((await loadInput(paths)).revision).not.toBe(first.revision);
  });
});

describe('loading tells', () => {
  it('every problem of every file, and loads the rest', async () => {
    write('a.yaml', 'users:\n  emo: {}\n  bob: {authentik_user: bob, k8s_user: bob, tier: admin}\n');
    write('b.yaml', 'a: [\n');
    write('c.yaml', USER);
    expect(await load(['a.yaml', 'b.yaml', 'c.yaml'])).toMatchObject({
      users: ['bob', 'ana'],
      problems: [
        'a.yaml:2:3: users.emo.authentik_user: missing, must be text',
        'a.yaml:2:3: users.emo.k8s_user: missing, must be text',
        'a.yaml:2:3: users.emo.tier: missing, must be admin, power-user or namespace-owner',
        'b.yaml:2:1: found a list that is not closed: close it with "]", indented deeper than its key',
      ],
    });
  });

  it('one user declared twice, also by a roster and a manifest', async () => {
    write('a.yaml', ROSTER.replaceAll('emo', 'ana'));
    write('b.yaml', USER);
    expect(await load(['a.yaml', 'b.yaml'])).toMatchObject({
      problems: ['b.yaml:3:18: metadata.name: found "ana" a second time, first in a.yaml:2:3: rename one'],
    });
  });

  it('a second Workstation, unless it is told which to take', async () => {
    write('a.yaml', `${workstation('a')}---\n${workstation('b')}`);
    const problem =
      'a.yaml:8:18: metadata.name: found a second Workstation, "a" stands in a.yaml: remove one, or say which to take';
    expect(await load(['a.yaml'])).toMatchObject({ problems: [problem] });
    expect(await load(['a.yaml'], { workstation: 'b' })).toMatchObject({
      workstation: ['b', folder],
      problems: [],
    });
  });

  it('what is wrong with a Workstation as a whole, at its place', async () => {
    write('a.yaml', workstation('a', '{commands: [{name: x, argv: ["${usr}"], creates: c}]}'));
    expect((await load(['a.yaml'])).problems).toEqual([
      expect.stringMatching(
        /^a\.yaml:4:36: spec\.commands\[0\]\.argv\[0\]: found the unknown variable \$\{usr\}, /,
      ),
    ]);
  });

  it('a roster that is not alone', async () => {
    write('a.yaml', `${USER}---\n${ROSTER}`);
    expect((await load(['a.yaml'])).problems).toEqual([
      'a.yaml:6:1: found a second document, a roster must be alone in its file: remove "---" and what follows',
    ]);
  });

  it('bytes that are no text', async () => {
    write('a.yaml', Buffer.from([0x61, 0xff]));
    expect((await load(['a.yaml'])).problems).toEqual([
      'a.yaml:1:2: found bytes that are not UTF-8: save the file as UTF-8',
    ]);
  });
});

describe('loading does not hang, and tells', () => {
  it('a file that is absent, a folder of nothing, a folder like a file', async () => {
    mkdirSync(join(folder, 'empty'));
    mkdirSync(join(folder, 'full/x.yaml'), { recursive: true });
    expect((await load(['absent', 'empty', 'full'])).problems).toEqual([
      'absent: cannot be read: there is no such file (ENOENT): check the path',
      'empty: found a folder without *.yaml, *.yml or *.json files: name another',
      'full/x.yaml: found a folder named like a file: rename x.yaml',
    ]);
  });

  it('a FIFO that nobody writes to, a device that never ends, a circle of links', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo.yaml')]);
    symlinkSync('/dev/zero', join(folder, 'zero.yaml'));
    symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
    const special = 'found a FIFO, socket or device, must be a file or a folder of files';
    const loop = 'loop.yaml: cannot be read: its symbolic links lead in a circle (ELOOP): mend them';
    expect((await load(['fifo.yaml', 'zero.yaml', 'loop.yaml'])).problems).toEqual([
      `fifo.yaml: ${special}`,
      `zero.yaml: ${special}`,
      loop,
    ]);
    expect((await load(['.'])).problems).toEqual([`fifo.yaml: ${special}`, loop, `zero.yaml: ${special}`]);
  });

  it('a sparse file of 100 GB, and an input without end', async () => {
    write('big.yaml', '');
    truncateSync(join(folder, 'big.yaml'), 100e9);
    const large = 'found more than 16 MiB, must be smaller: split it into several files';
    expect((await load(['big.yaml'])).problems).toEqual([`big.yaml: ${large}`]);
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const endless = new Readable({
      read() {
        this.push(chunk);
      },
    });
    expect((await loadInput(['-'], { stdin: endless })).problems).toEqual([{ file: '-', message: large }]);
  });

  it('problems or objects for any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const { users, problems, warnings } = await loadInput(['-'], {
          stdin: Readable.from([Buffer.from(input)]),
        });
        expect(users.length + problems.length + warnings.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the example', () => {
  it.each([
    ['of a site', ['devvm'], ['wizard', 'emo', 'ancamilea']],
    [
      'of a cluster',
      ['workstation', 'user', 'team'].map((name) => `cluster/${name}.yaml`),
      ['emo', 'anca', 'grace'],
    ],
  ])('%s loads without a problem', async (_, paths, names) => {
    const examples = join(import.meta.dirname, '../../../examples');
    const input = await loadInput(paths.map((path) => join(examples, path)));
    expect([input.problems, input.warnings]).toEqual([[], []]);
    expect(input.users.map(({ object }) => object.metadata.name)).toEqual(names);
    expect(input.workstation?.object.metadata.name).toBe('devvm');
  });
});

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, name), content);
}

/** Loads files of the folder; what it says names them without the folder. */
async function load(names: readonly string[], options: LoadOptions = {}) {
  const { users, workstation, problems, warnings } = await loadInput(
    names.map((name) => join(folder, name)),
    options,
  );
  const plain = (text: string) => text.replaceAll(`${folder}/`, '');
  return {
    users: users.map(({ object }) => object.metadata.name),
    ...(workstation === undefined
      ? {}
      : { workstation: [workstation.object.metadata.name, workstation.directory] }),
    problems: problems.map((problem) => plain(printProblem(problem))),
    warnings: warnings.map((warning) => plain(printProblem(warning))),
  };
}
