/** The two ways an agent hears what is declared and tells how it went: files, and a cluster. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { OpenMachine } from '../host/open.ts';
import { NO_REPORT, type Report } from '../report/report.ts';
import type { Store } from '../report/store.ts';
import { FileSource } from '../source/files/source.ts';
import type { Source } from '../source/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { AgentOptions } from './agentoptions.ts';
import { tierIssuesIfKnown, type vaultFor } from './cluster.ts';
import type { Io } from './io.ts';

/** Where desired state comes from and outcomes go. */
export interface Side {
  readonly source: Source;
  readonly report: Report;
  /** For a person. */
  readonly about: string;
  /** Reads what is declared anew. */
  reload(): Promise<void>;
  /** What belongs to it and goes on beside the agent, until `signal` fires. */
  accompany(signal: AbortSignal): Promise<void>;
  close(): void;
}

export async function sideOf(
  options: AgentOptions,
  machine: OpenMachine,
  store: Store,
  logger: Logger,
): Promise<Side> {
  const { name, kubeconfig, namespace, host = '' } = options;
  if (name === undefined) return fileSide(options, machine, store, logger);
  const { clusterSide } = await import('../agent/cluster.ts');
  const side = await clusterSide({
    name,
    namespace,
    kubeconfig,
    logger,
    files: machine.stateFiles,
    stateDirectory: store.directory,
    directory: `${host}/etc/workstation`,
  });
  return {
    ...side,
    about: side.server,
    reload: () => Promise.resolve(),
  };
}

function fileSide(
  { roster, workstation }: AgentOptions,
  { stateFiles }: OpenMachine,
  { directory }: Store,
  logger: Logger,
): Side {
  const policy = workstation ?? policyBeside(roster);
  const paths = { roster, ...(policy === undefined ? {} : { workstation: policy }) };
  const source = new FileSource({ paths, files: stateFiles, directory, logger });
  return {
    source,
    report: NO_REPORT,
    about: [...roster, ...(policy === undefined ? [] : [policy])].join(', '),
    reload: () => source.reload(),
    accompany: () => Promise.resolve(),
    close: () => undefined,
  };
}

/** As for every command: beside the roster, else where it usually is; there or not, that is watched. */
function policyBeside(roster: readonly string[]): string {
  const usual = '/etc/workstation/workstation.yaml';
  const beside = roster.map((path) => join(dirname(resolve(path)), 'workstation.yaml'));
  return beside.find((path) => existsSync(path)) ?? (existsSync(usual) ? usual : (beside[0] ?? usual));
}

/** How the declared tiers compare with the cluster's, asked by a machine that has no controller for it. */
export function tiersOf(io: Io, source: Source, vault: ReturnType<typeof vaultFor>, logger: Logger) {
  const said = { ...io, err: (text: string) => logger.log('warning', text.replace(/^warning: /, '').trim()) };
  return async () => {
    const { current } = source;
    return current === undefined
      ? []
      : tierIssuesIfKnown(said, current.users, current.workstation.object.spec, vault);
  };
}
