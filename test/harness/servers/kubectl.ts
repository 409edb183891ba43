import { spawnSync } from 'node:child_process';
import { serverProgram } from './build.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of the real kubectl, with its cache off, so that it sees kinds as soon as the server has them. */
export function kubectl(kubeconfig: string, args: readonly string[], input?: string): Ran {
  const { status, stdout, stderr } = spawnSync(
    serverProgram('kubectl'),
    ['--kubeconfig', kubeconfig, '--cache-dir', '', ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 26, ...(input === undefined ? {} : { input }) },
  );
  return { code: status, stdout, stderr };
}

/** The output of a run. Throws with its complaint when it failed. */
export function kubectlOutput(kubeconfig: string, args: readonly string[], input?: string): string {
  const { code, stdout, stderr } = kubectl(kubeconfig, args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${code}: ${stderr}`);
  return stdout;
}
