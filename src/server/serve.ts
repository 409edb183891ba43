/**
 * What a running agent answers, by HTTP over unix sockets, and over ports where that is asked for.
 *
 * - `agent.sock`: root's. Everything.
 * - `people/ACCOUNT.sock`: one for each person, theirs. Reading, about themself.
 * - Ports: metrics and health, or the status page; loopback unless asked otherwise. Reading; every account of the machine
 *   can connect to them.
 *
 * Answers come from the agent's view and wait for no pass; a reader who is slow or stands still costs nobody else.
 */
import { join } from 'node:path';
import type { AgentView } from '../agent/view.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Collector } from '../telemetry/metrics/metric.ts';
import { realTimer, type SetTimer } from '../telemetry/timer.ts';
import { isLive } from './doors/live.ts';
import { PeopleDoors } from './doors/people.ts';
import { RuntimeDirectory } from './doors/runtime.ts';
import { listenOn, type Address } from './doors/tcp.ts';
import { HttpServer } from './httpserver.ts';
import { agentMetrics } from './metrics.ts';
import type { Asset } from './page/index.ts';
import type { Route } from './route.ts';
import { askRoutes } from './routes/asks.ts';
import { probeRoutes, type Probed } from './routes/probes.ts';
import { statusRoutes } from './routes/status.ts';
import { userRoutes } from './routes/users.ts';
import { followPeople } from './served.ts';

export interface Port {
  readonly serves: 'page' | 'probe';
  readonly address: Address;
  /** What it may be called in a request, beside localhost and addresses. */
  readonly names?: readonly string[];
}

export interface AgentServerOptions {
  readonly view: AgentView;
  readonly page: readonly Asset[];
  /** What `/metrics` tells beside the figures of the view. */
  readonly collectors: readonly Collector[];
  readonly ports: readonly Port[];
  /** /run/workstation, as this process sees it. */
  readonly directory: string;
  readonly logger: Logger;
  readonly setTimer?: SetTimer;
}

export interface RunningServer {
  /** Of each port that was asked for, in that order. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/**
 * The caller holds the lock of the machine's agent.
 * @throws Error with a sentence when an agent with another lock answers there, or a port or socket cannot be had
 */
export async function serveAgent(options: AgentServerOptions): Promise<RunningServer> {
  const { view, collectors, ports, directory: root, logger } = options;
  const path = join(root, 'agent.sock');
  if (await isLive(path)) {
    throw new Error(`listen at ${path}: another agent answers there, stop it first`);
  }
  const directory = new RuntimeDirectory(root);
  const probed = { collectors: [...collectors, agentMetrics(view)], isReady: () => view.isReady() };
  const routes = routesOf(options, probed);
  const main = new HttpServer({ routes, asker: { kind: 'administrator' }, logger });
  const doors = new PeopleDoors(
    directory,
    (socket, name) => main.admit(socket, { kind: 'person', name }),
    logger,
  );
  await directory.listen(main.server, path, process.getuid?.() ?? 0);
  const stop = followPeople(view, doors);
  const close = async (): Promise<void> => {
    stop();
    directory.remove(path);
    await Promise.all([doors.close(), main.close()]);
  };
  try {
    const network = await servePorts(ports, routes, logger);
    return {
      ports: network.ports,
      close: async () => void (await Promise.all([close(), network.close()])),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Metrics and health alone, for what has no people of its own. */
export function serveProbes(probed: Probed, ports: readonly Port[], logger: Logger): Promise<RunningServer> {
  return servePorts(ports, probeRoutes(probed), logger);
}

function routesOf(
  { view, page, setTimer = realTimer }: AgentServerOptions,
  probed: Probed,
): readonly Route[] {
  return [
    ...userRoutes(view, setTimer),
    ...askRoutes(view),
    ...probeRoutes(probed),
    ...statusRoutes(view, page, setTimer),
  ];
}

async function servePorts(
  ports: readonly Port[],
  routes: readonly Route[],
  logger: Logger,
): Promise<RunningServer> {
  const servers: HttpServer[] = [];
  const close = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.close())));
  const numbers: number[] = [];
  try {
    for (const { serves, address, names = [] } of ports) {
      const server = new HttpServer({ routes, asker: { kind: serves }, names: new Set(names), logger });
      numbers.push(await listenOn(server.server, address));
      servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: numbers, close };
}
