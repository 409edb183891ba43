/** `agent`: keeps this machine as it is declared, for as long as it runs. */
import { openAgent, type OpenAgent } from '../agent/open.ts';
import { realClock } from '../controller/clock.ts';
import { InMemoryQueueMetrics } from '../controller/metrics.ts';
import { PassMetrics } from '../controller/passmetrics.ts';
import { parseAddress } from '../server/doors/tcp.ts';
import { page } from '../server/page/index.ts';
import { serveAgent, type Port } from '../server/serve.ts';
import type { Source } from '../source/source.ts';
import { ActionMetrics } from '../telemetry/metrics/actions.ts';
import { processMetrics } from '../telemetry/metrics/process.ts';
import type { Telemetry } from '../telemetry/open.ts';
import { RUNTIME_DIRECTORY } from './agentclient.ts';
import type { AgentOptions } from './agentoptions.ts';
import { vaultFor } from './cluster.ts';
import { durationOf, onSignals, telemetryFor } from './daemon.ts';
import type { Io } from './io.ts';
import { openFor } from './machine.ts';
import { giveBackMemory } from './memory.ts';
import { requireRoot } from './session.ts';
import { sideOf, tiersOf, type Side } from './sides.ts';
import { VERSION } from './version.ts';

/** Milliseconds that unit work of one person waits for that of others. */
const UNIT_PATIENCE = 250;
/** Milliseconds: running actions are let finish for so long; the unit's limit is longer. */
const GRACE = 45_000;
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
    onRest: giveBackMemory,
  });
  const end = onSignals(stop);
  try {
    const lock = await machine.lock(store.directory, 0, stop.signal);
    try {
      const side = await sideOf(options, machine, store, telemetry.logger);
      source = side.source;
      const clock = realClock;
      const queueMetrics = new InMemoryQueueMetrics('workstation', clock);
      const passMetrics = new PassMetrics('workstation', clock);
      const actionMetrics = new ActionMetrics();
      const open = openAgent({
        queueMetrics,
        passMetrics,
        count: (record) => actionMetrics.ended(record),
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
      const server = await serveAgent({
        view: open.answers,
        page: page(),
        collectors: [queueMetrics, passMetrics, actionMetrics, processMetrics],
        ports: portsOf(options),
        directory: `${options.host ?? ''}${RUNTIME_DIRECTORY}`,
        logger: telemetry.logger,
      });
      try {
        await live(open, side, telemetry, stop.signal);
      } finally {
        await server.close();
      }
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

function portsOf({ metricsAddress, pageAddress, allowRemote = false }: AgentOptions): Port[] {
  const port = (serves: Port['serves'], address: string | undefined): Port[] =>
    address === undefined ? [] : [{ serves, address: parseAddress(address, { remote: allowRemote }) }];
  return [...port('probe', metricsAddress), ...port('page', pageAddress)];
}

async function live(
  { agent, answers, close }: OpenAgent,
  side: Side,
  { manager, logger }: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const accompanied = side.accompany(AbortSignal.any([signal, ended.signal]));
  const reload = () => {
    manager.reloading();
    const done = side.reload();
    agent.watchAgain();
    void done.then(() => manager.ready(statusOf(answers)));
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
    ended.abort();
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
