/**
 * Suites that need more than Node say so when they cannot run: skipped with the reason in their name at a desk, failed in
 * CI, where a skipped suite would read as a passed one.
 */
import { jest } from '@jest/globals';
import { machineTrouble, missingOf, nodeTrouble } from './machine/outer.ts';
import { isBuilt } from './servers/build.ts';
import type { ServerProgram } from './servers/build.ts';

/** Milliseconds. Machines and servers on a busy computer need more than the five seconds that jest allows by default. */
const TIMEOUT = 180_000;

/** `describe` for suites that make machines, and need these programs or libraries on them. */
export function describeMachine(name: string, suite: () => void, needed: readonly string[] = []): void {
  describeUnless(machineTrouble() ?? notInstalled(needed), name, suite);
}

/** `describe` for suites that need server programs. */
export function describeServers(name: string, programs: readonly ServerProgram[], suite: () => void): void {
  describeUnless(notBuilt(programs), name, suite);
}

function notBuilt(programs: readonly ServerProgram[]): string | undefined {
  const missing = programs.filter((program) => !isBuilt(program));
  return missing.length > 0 ? `not built: ${missing.join(', ')}` : undefined;
}

/** `describe` for suites that start a cluster of real nodes. */
export function describeCluster(name: string, suite: () => void): void {
  describeUnless(machineTrouble() ?? nodeTrouble() ?? notBuilt(CLUSTER), name, suite);
}

const CLUSTER: readonly ServerProgram[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kubectl',
];

/** `describe` for suites that need programs of this machine. */
export function describePrograms(name: string, programs: readonly string[], suite: () => void): void {
  describeUnless(notInstalled(programs), name, suite);
}

function notInstalled(names: readonly string[]): string | undefined {
  const missing = missingOf(names);
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined;
}

function describeUnless(trouble: string | undefined, name: string, suite: () => void): void {
  jest.setTimeout(TIMEOUT);
  if (trouble === undefined) {
    describe(name, suite);
  } else if (process.env['CI'] === undefined) {
    // Without --verbose jest shows no name of a skipped test.
    process.stderr.write(`skipped: ${name}: cannot run here: ${trouble}\n`);
    describe(name, () => it.skip(`cannot run here: ${trouble}`, () => undefined));
  } else {
    describe(name, () => {
      it('can run here', () => {
        throw new Error(`running the suite '${name}': ${trouble}; run test/prepare.ts`);
      });
    });
  }
}
