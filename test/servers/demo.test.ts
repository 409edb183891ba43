import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../harness/cache.ts';
import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import { CLEAN_ENVIRONMENT, runProcess } from '../harness/machine/process.ts';
import { describeServers } from '../harness/requirements.ts';
import { until } from '../harness/servers/crds.ts';

const DEMO = ['node_modules/.bin/node', 'examples/cluster/run.ts'];

/** Each part is a paragraph of the story, in this order. */
const STORY = [
  /^\$ kubectl apply --server-side -k examples\/cluster$/m,
  /^customresourcedefinition.*\/workstationusers.workstation.dev serverside-applied$/m,
  /^\$ kubectl apply -f examples\/cluster\/workstation.yaml\nworkstation.workstation.dev\/devvm created$/m,
  /^devvm# workstation agent --name devvm .*&$/m,
  /^workstation.workstation.dev\/devvm condition met$/m,
  /^\$ kubectl apply -f examples\/cluster\/user.yaml\nworkstationuser.workstation.dev\/emo created$/m,
  /^workstationuser.workstation.dev\/emo condition met$/m,
  /^emo +power-user +devvm +True +Ready +\d+s +emo +1000 +single +everything is as declared$/m,
  /^Hello emo, your editor listens on port 4000\.$/m,
  /^ +Message: +emo is bound to the ClusterRole view in the whole cluster$/m,
  /^ +Editor: +4000$/m,
  /^workstationuser.workstation.dev\/anca +namespace-owner +devvm +True +Ready /m,
  /^workstationuser.workstation.dev\/grace +admin +devvm +True +Ready /m,
  /^uid=1000\(emo\) gid=1000\(emo\) groups=1000\(emo\),27\(sudo\)$/m,
  /^workstation:emo +ClusterRole\/edit +\d+s +emo *$/m,
  /^devvm# rm \/etc\/editor\/emo.env\n\ndevvm# cat \/etc\/editor\/emo.env\nEDITOR_PORT=4000$/m,
  / DriftRepaired +WorkstationUser\/emo +.*\/etc\/editor\/emo.env, which was absent$/m,
  /^workstationuser.workstation.dev "emo" deleted$/m,
  /^NAME +TIER .*\nanca .*\ngrace .*\n\n/m,
  /^emo L /m,
  /^devvm# ls \/home\/emo\/code\nREADME.md$/m,
  /workstation:grace .*\n\n.*\nplotting-book .*workstation:anca .*$/m,
];

describeServers('the demo of a cluster', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let directory: string;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
    for (const name of ['tmp', 'cache', 'bin']) await mkdir(join(directory, name));
    env = { TMPDIR: join(directory, 'tmp'), WORKSTATION_TEST_CACHE: cacheDirectory() };
  });
  afterEach(() => rm(directory, { recursive: true }));

  const expectNothingLeft = async () => {
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
    expect((await runProcess(['pgrep', '--list-full', '--full', directory])).stdout).toBe('');
  };
  /** With a Go that is no more than this script. */
  const withGo = async (script: string) => {
    await writeFile(join(directory, 'bin/go'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const PATH = `${join(directory, 'bin')}:${CLEAN_ENVIRONMENT.PATH}`;
    return { ...env, PATH, WORKSTATION_TEST_CACHE: join(directory, 'cache') };
  };

  it('tells how one person comes to a cluster, is kept, and leaves, and leaves nothing of itself', async () => {
    const { code, stdout, stderr } = await runProcess(DEMO, { env, timeout: 150_000 });
    expect([code, stderr]).toEqual([0, '']);
    let rest = stdout;
    for (const part of STORY) {
      const { index, 0: found } = part.exec(rest) ?? { index: -1, 0: '' };
      if (index < 0) throw new Error(`reading the story: ${part} is not in\n${rest}`);
      rest = rest.slice(index + found.length);
    }
    await expectNothingLeft();
  });

  /** Ctrl-C as soon as something holds of what was told. */
  const interruptWhen = async (
    holds: (stdout: string) => Promise<boolean>,
    given: Readonly<Record<string, string>>,
  ) => {
    const [program = '', ...args] = DEMO;
    const child = spawn(program, args, {
      // The foreground job of a terminal is one process group.
      detached: true,
      env: { ...CLEAN_ENVIRONMENT, ...given },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    let stderr = '';
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    let stdout = '';
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    await until('the demo can be interrupted', () => holds(stdout));
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(stderr).toBe('\ndemo: interrupted: takes away what it has made\n');
    return stdout;
  };

  it('says what it has to build and builds no more, and takes away servers that only start on Ctrl-C', async () => {
    // In place of the minutes that a real build takes; what it puts there is what one made earlier.
    const copy = `cp "${cacheDirectory('bin')}/$(basename "$OUTPUT")" "$OUTPUT.new"`;
    const given = await withGo(`case $1 in env) echo go1.26.0;; build) ${copy};; esac`);
    const starting = ['pgrep', '--full', `^\\S+/kube-apiserver-v.* --cert-dir=${directory}`];
    const isStarting = async () => (await runProcess(starting)).code === 0;
    const stdout = await interruptWhen(isStarting, given);
    expect(stdout).toMatch(/^ {2}building kube-apiserver v1\.\S+ \(once; about 7 min of one core\) into /m);
    const built = (await readdir(join(directory, 'cache/bin'))).map((name) => name.replace(/-v.*/, ''));
    expect(built.sort()).toEqual(['.lock', 'etcd', 'kube-apiserver', 'kubectl']);
    await expectNothingLeft();
  });

  it('takes away servers, machine, agent and controller on Ctrl-C', async () => {
    await interruptWhen(async (stdout) => stdout.includes('workstationuser/emo --timeout'), env);
    await expectNothingLeft();
  });

  it('says in one sentence which Go it would need to build them', async () => {
    const { code, stdout, stderr } = await runProcess(DEMO, { env: await withGo('echo go1.20.1') });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^demo: building .*: found go1.20.1, install Go 1.26 or later from https:\S+\n$/);
  });

  it.each([
    ['root', 'eva', 'it makes a machine out of namespaces, and real accounts on it: run it as root'],
    [
      'a program',
      'root',
      "no throw-away machine can be made here: not installed: systemd-nspawn: 'npx node test/prepare.ts --packages' installs what is not there",
    ],
  ])('says in one sentence that it needs %s', async (_, user, sentence) => {
    const machine = await createMachine({ kind: 'chroot' });
    await machine.output(['useradd', '--create-home', 'eva']);
    await machine.output(['rm', '/usr/bin/systemd-nspawn']);
    const demo = DEMO.map((path) => `${CHECKOUT}/${path}`);
    const { code, stdout, stderr } = await machine.run(demo, { user });
    expect([code, stdout, stderr]).toEqual([1, '', `demo: ${sentence}\n`]);
    await machine.destroy();
  });
});
