/** `agent`: keeps this machine as it is declared, for as long as it runs. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Duration } from '../api/primitives.ts';
import { openAgent, type OpenAgent } from '../agent/open.ts';
import type { OpenMachine } from '../host/open.ts';
import { SYSTEMD_NOTIFY } from '../host/programs/names.ts';
import { NO_REPORT, type Report } from '../report/report.ts';
import type { Store } from '../report/store.ts';
import { milliseconds } from '../sections/common.ts';
import { FileSource } from '../source/files/source.ts';
import type { Source } from '../source/source.ts';
import type { Level, Logger } from '../telemetry/logger.ts';
import { openTelemetry, type Telemetry } from '../telemetry/open.ts';
import { tierIssuesIfKnown, vaultFor, type ClusterOptions } from './cluster.ts';
import type { DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { openFor, type MachineOptions } from './machine.ts';
import { chooseStyle } from './print/style.ts';
import { requireRoot } from './session.ts';
import { VERSION } from './version.ts';

export interface AgentOptions extends DeclaringOptions, Omit<MachineOptions, 'root'>, ClusterOptions {
  /** The machine, in a cluster; files declare everything without it. */
  readonly name?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly resync: string;
  readonly logLevel: Level;
}

/** Milliseconds that unit work of one person waits for that of others. */
const UNIT_PATIENCE = 250;
/** Milliseconds: running actions are let finish for so long; the unit's limit is longer. */
const GRACE = 60_000;
/** Milliseconds for what is left to be reported. */
const LAST_WORDS = 3000;

export async function agent(io: Io, options: AgentOptions): Promise<number> {
  requireRoot();
  const resync = durationOf('--resync', options.resync);
  const stop = new AbortController();
  const telemetry = telemetryFor(io, options.logLevel);
  const vault = vaultFor(io, options);
  let source: Source | undefined;
  const directory = () => source?.current?.workstation.directory ?? '/';
  const { machine, store } = await openFor(options, {
    directory,
    issuer: vault,
    unitPatience: UNIT_PATIENCE,
  });
  const end = onSignals(stop);
  try {
    const lock = await machine.lock(store.directory, 0, stop.signal);
    try {
      const side = await sideOf(options, machine, store, telemetry.logger);
      source = side.source;
      const open = openAgent({
        machine,
        store,
        source,
        report: side.report,
        log: telemetry.logger,
        about: { version: VERSION, source: side.about },
        facts: await machine.describe(VERSION),
        resync,
        ...(options.name === undefined
          ? { tierIssues: tiersOf(io, side.source, vault, telemetry.logger) }
          : {}),
      });
      await live(open, side, telemetry, stop.signal);
      return 0;
    } finally {
      lock.release();
    }
  } finally {
    end();
    await machine.close();
    telemetry.close();
  }
}

/** Where desired state comes from and outcomes go. */
interface Side {
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

async function sideOf(
  options: AgentOptions,
  machine: OpenMachine,
  store: Store,
  logger: Logger,
): Promise<Side> {
  const { name, kubeconfig, namespace } = options;
  if (name === undefined) return fileSide(options, machine, store, logger);
  const { clusterSide } = await import('../agent/cluster.ts');
  const side = await clusterSide({
    name,
    namespace,
    kubeconfig,
    logger,
    files: machine.stateFiles,
    stateDirectory: store.directory,
    directory: '/etc/workstation',
  });
  return {
    ...side,
    about: side.server,
    reload: () => Promise.resolve(),
    accompany: (signal) => side.beat(signal),
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

async function live(
  { agent, answers, close }: OpenAgent,
  side: Side,
  { manager, logger }: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const accompanied = side.accompany(signal);
  const reload = () => {
    manager.reloading();
    void side.reload().then(() => manager.ready(statusOf(answers)));
  };
  process.on('SIGHUP', reload);
  try {
    await agent.start(signal);
    manager.ready(statusOf(answers));
    const quiet = answers.onChange(() => manager.status(statusOf(answers)));
    logger.log('notice', `keeps this machine as ${side.about} declares it`);
    await aborted(signal);
    quiet();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    process.off('SIGHUP', reload);
    manager.stopping('lets running actions finish');
    manager.extend(GRACE + LAST_WORDS);
    await agent.stop(GRACE);
    await side.report.close(AbortSignal.timeout(LAST_WORDS));
    await accompanied.catch(() => undefined);
    side.close();
    close();
  }
}

function statusOf(answers: OpenAgent['answers']): string {
  const { workstation, agent } = answers.status();
  const users = workstation?.status.users;
  const counted = users === undefined ? 'starting' : `${users.ready} of ${users.total} users ready`;
  const trouble = agent.trouble ?? agent.heldRemovals;
  return trouble === undefined ? counted : `${counted}; ${trouble.message}`;
}

function tiersOf(io: Io, source: Source, vault: ReturnType<typeof vaultFor>, logger: Logger) {
  const said = { ...io, err: (text: string) => logger.log('warning', text.replace(/^warning: /, '').trim()) };
  return async () => {
    const { current } = source;
    return current === undefined
      ? []
      : tierIssuesIfKnown(said, current.users, current.workstation.object.spec, vault);
  };
}

function telemetryFor(io: Io, threshold: Level): Telemetry {
  const style = chooseStyle(io.isTerminal, io.env);
  return openTelemetry(
    {
      env: io.env,
      stderr: process.stderr,
      systemdNotify: SYSTEMD_NOTIFY,
      paint: {
        faint: (text) => style.faint(text),
        strong: (text) => style.strong(text),
        warning: (text) => style.warning(text),
        error: (text) => style.removed(text),
      },
    },
    threshold,
  );
}

function onSignals(stop: AbortController): () => void {
  const interrupt = (signal: NodeJS.Signals) => stop.abort(new Error(`ended by ${signal}`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function durationOf(option: string, text: string): number {
  if (!Duration.safeParse(text).success)
    throw new Error(`read ${option}: found ${text}, give a duration such as 30s or 10m`);
  return milliseconds(text);
}
