/** What the demo needs, and how it gets it. */
import { machineTrouble } from '../../test/harness/machine/outer.ts';
import { buildServers, goTrouble, isBuilt, type ServerProgram } from '../../test/harness/servers/build.ts';

const PROGRAMS: readonly ServerProgram[] = ['etcd', 'kube-apiserver', 'kubectl'];

/** One sentence on why the demo cannot run here, or undefined when it can. */
export function trouble(): string | undefined {
  if (process.getuid?.() !== 0)
    return 'it makes a machine out of namespaces, and real accounts on it: run it as root';
  const machine = machineTrouble();
  if (machine !== undefined)
    return `no throw-away machine can be made here: ${machine}: 'npx node test/prepare.ts --packages' installs what is not there`;
  return PROGRAMS.every(isBuilt) ? undefined : goTrouble();
}

/** Builds the servers from source, where they are not there from an earlier time. */
export function bringServers(): void {
  const missing = PROGRAMS.filter((program) => !isBuilt(program));
  if (missing.length === 0) return;
  console.log(
    `The demo runs on the real ${missing.join(', ')}, which are not here yet. They are built from source, with Go, once:`,
  );
  buildServers((line) => console.log(`  ${line}`), PROGRAMS);
}
