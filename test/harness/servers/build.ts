/**
 * The real servers that tests talk to, built from source with nothing but Go and its module proxy.
 *
 * - Every version is pinned by the `go.mod` and `go.sum` in `modules/`, whose `tool` lines name the programs.
 * - A program is built once per version, into the cache, under a name that carries the version.
 * - Two test runs never build at the same time: the second waits on a file lock and finds the work done.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../cache.ts';

export type ServerProgram = keyof typeof PROGRAMS;

interface Program {
  readonly module: 'etcd' | 'helm' | 'kstatus' | 'kubernetes' | 'metrics' | 'vault';
  /** `.` for a program whose `main.go` stands beside the `go.mod`. */
  readonly package: string;
  /** The module whose pinned version is the version of the program. */
  readonly versionOf: string;
  /** What a first build costs, in minutes of one core. */
  readonly minutes: number;
}

/** In the order in which they are built: the quickest to be useful first. */
const PROGRAMS = {
  etcd: {
    module: 'etcd',
    package: 'go.etcd.io/etcd/server/v3',
    versionOf: 'go.etcd.io/etcd/server/v3',
    minutes: 1,
  },
  'kube-apiserver': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    versionOf: 'k8s.io/kubernetes',
    minutes: 7,
  },
  kubectl: {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    versionOf: 'k8s.io/kubernetes',
    minutes: 1,
  },
  'parse-metrics': {
    module: 'metrics',
    package: '.',
    versionOf: 'github.com/prometheus/common',
    minutes: 1,
  },
  kstatus: {
    module: 'kstatus',
    package: '.',
    versionOf: 'sigs.k8s.io/cli-utils',
    minutes: 1,
  },
  helm: {
    module: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    versionOf: 'helm.sh/helm/v4',
    minutes: 4,
  },
  'kube-controller-manager': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    versionOf: 'k8s.io/kubernetes',
    minutes: 2,
  },
  'kube-scheduler': {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-scheduler',
    versionOf: 'k8s.io/kubernetes',
    minutes: 1,
  },
  kubelet: {
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubelet',
    versionOf: 'k8s.io/kubernetes',
    minutes: 5,
  },
  vault: {
    module: 'vault',
    package: 'github.com/hashicorp/vault',
    versionOf: 'github.com/hashicorp/vault',
    minutes: 15,
  },
} as const satisfies Record<string, Program>;

export const SERVER_PROGRAMS = Object.keys(PROGRAMS) as ServerProgram[];

/** Path of a program in the cache, whether it is there yet or not. */
export function serverProgram(name: ServerProgram): string {
  return join(cacheDirectory('bin'), `${name}-${version(PROGRAMS[name])}`);
}

export function isBuilt(name: ServerProgram): boolean {
  return existsSync(serverProgram(name));
}

/** One sentence on why programs cannot be built here, or undefined when they can. */
export function goTrouble(): string | undefined {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (error)
    return 'building the test servers: found no `go` on PATH, install Go 1.26 or later from https://go.dev/dl';
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 26)) return undefined;
  return `building the test servers: found ${stdout.trim() || 'an unknown Go'}, install Go 1.26 or later from https://go.dev/dl`;
}

/** Builds what is missing of them, in order. Throws when a build fails. Default: all there are. */
export function buildServers(
  say: (line: string) => void,
  programs: readonly ServerProgram[] = SERVER_PROGRAMS,
): void {
  for (const name of programs.filter((each) => !isBuilt(each))) build(name, say);
}

function build(name: ServerProgram, say: (line: string) => void): void {
  const program = PROGRAMS[name];
  const output = serverProgram(name);
  say(`building ${name} ${version(program)} (once; about ${program.minutes} min of one core) into ${output}`);
  const { status, error } = spawnSync(
    'flock',
    [join(cacheDirectory('bin'), '.lock'), 'sh', '-c', BUILD_UNLESS_THERE],
    {
      cwd: moduleDirectory(program),
      env: {
        ...process.env,
        CGO_ENABLED: '0',
        OUTPUT: output,
        LDFLAGS: linkerFlags(program),
        PACKAGE: program.package,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status !== 0) {
    throw new Error(`building ${name}: go build failed, see its output above`, { cause: error });
  }
}

/** Looks again under the lock, and renames at the end so that a killed build leaves no half program. */
const BUILD_UNLESS_THERE = `test -x "$OUTPUT" || {
  nice -n 19 go build -mod=readonly -trimpath -ldflags "$LDFLAGS" -o "$OUTPUT.new" "$PACKAGE" && mv "$OUTPUT.new" "$OUTPUT"
}`;

/** Kubernetes programs are told their version by the linker; unset, a server reports v0.0.0 and clients misjudge its features. */
function linkerFlags(program: Program): string {
  const [major, minor] = version(program).slice(1).split('.');
  const variable = '-X k8s.io/component-base/version';
  const stamp =
    program.module === 'kubernetes'
      ? ` ${variable}.gitVersion=${version(program)} ${variable}.gitMajor=${major} ${variable}.gitMinor=${minor}`
      : '';
  return `-s -w${stamp}`;
}

function version(program: Program): string {
  const pins = readFileSync(join(moduleDirectory(program), 'go.mod'), 'utf8');
  const pin = pins.split('\n').find((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .startsWith(`${program.versionOf} v`),
  );
  const found = pin?.match(/ (v[\d.]+)/)?.[1];
  if (!found)
    throw new Error(
      `reading the version of ${program.versionOf}: not pinned in modules/${program.module}/go.mod`,
    );
  return program.package === '.' ? `${found}-${digest(join(moduleDirectory(program), 'main.go'))}` : found;
}

/** So that a program of our own is built anew when it changes. */
function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
}

function moduleDirectory(program: Program): string {
  return join(import.meta.dirname, 'modules', program.module);
}
