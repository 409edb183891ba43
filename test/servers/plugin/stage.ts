/** The program as kubectl finds it, on the computer of an administrator: no agent, no root, only a kubeconfig. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serverProgram } from '../../harness/servers/build.ts';
import type { Ran } from '../../harness/servers/kubectl.ts';

export interface Plugin {
  /** `kubectl workstation ARGS`, with KUBECONFIG set to the file. */
  run(kubeconfig: string, args: readonly string[], input?: string): Ran;
  /** The same, going on: what it has said so far, and its end by SIGINT. */
  start(kubeconfig: string, args: readonly string[]): { readonly said: () => string; end(): Promise<void> };
  remove(): void;
}

export function installPlugin(): Plugin {
  const directory = mkdtempSync(join(tmpdir(), 'workstation-plugin-'));
  symlinkSync(join(import.meta.dirname, '../../../bin/workstation'), join(directory, 'kubectl-workstation'));
  const environment = (kubeconfig: string) => ({
    PATH: `${directory}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: directory,
    KUBECONFIG: kubeconfig,
  });
  return {
    run(kubeconfig, args, input) {
      const { status, stdout, stderr } = spawnSync(serverProgram('kubectl'), ['workstation', ...args], {
        encoding: 'utf8',
        env: environment(kubeconfig),
        ...(input === undefined ? {} : { input }),
      });
      return { code: status, stdout, stderr };
    },
    start(kubeconfig, args) {
      // kubectl becomes the plugin, so the signal reaches it.
      const child = spawn(serverProgram('kubectl'), ['workstation', ...args], {
        env: environment(kubeconfig),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      return {
        said: () => said,
        end: () => {
          child.kill('SIGINT');
          return ended;
        },
      };
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
