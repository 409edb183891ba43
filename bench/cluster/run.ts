/**
 * Measures the controller and the agent on a real API server, beside a controller made with controller-runtime: on the same
 * server, in the same run, in turns. Prints tables; asserts nothing. Needs root, Go, and the servers of test/prepare.ts.
 *
 *     npm run bench:cluster -- [--only controllers,copy,onboarding] [--users 10000] [--rounds 3] [--changes 100]
 *                              [--workers 10] [--election 15,10,2] [--singles 20] [--crowd 100]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SYSTEM_NAMESPACE } from '../../src/api/marks.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import { destroyMachines } from '../../test/harness/machine/machine.ts';
import { applyDefinitions } from '../../test/harness/servers/crds.ts';
import { startApiserver, type Apiserver } from '../../test/harness/servers/kubernetes.ts';
import { digits, printSpread, quantile, ratios, spread, table } from '../figures.ts';
import { buildGo, inGo, ours } from './contestants.ts';
import { compare, type Figures } from './controllers.ts';
import { agentOf, copies } from './copies.ts';
import { onboarding } from './onboarding.ts';
import { machineName, populate } from './population.ts';
import type { Requests } from './audit.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'controllers,copy,onboarding' },
    users: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    changes: { type: 'string', default: '100' },
    workers: { type: 'string', default: '10' },
    election: { type: 'string', default: '15,10,2' },
    singles: { type: 'string', default: '20' },
    crowd: { type: 'string', default: '100' },
  },
});

const COPIES = 5;

const only = values.only.split(',');
if (only.includes('controllers') || only.includes('copy')) await measureMany();
if (only.includes('onboarding')) await measureOnboarding();
await destroyMachines();

async function measureMany(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const program = buildGo(directory);
  const server = await startApiserver();
  try {
    await fill(server);
    if (only.includes('controllers')) await measureControllers(server, program);
    if (only.includes('copy')) await measureCopies(server, program);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
}

async function fill(server: Apiserver): Promise<void> {
  await applyDefinitions(server);
  await server.request('POST', '/api/v1/namespaces', { metadata: { name: SYSTEM_NAMESPACE } });
  const connection = await connect({ kubeconfig: server.kubeconfig });
  const start = performance.now();
  await populate(connection.api, Number(values.users));
  console.log(`made ${values.users} users in ${digits((performance.now() - start) / 1000)} s`);
  connection.close();
}

async function measureControllers(server: Apiserver, program: string): Promise<void> {
  const connection = await connect({ kubeconfig: server.kubeconfig });
  const [lease = 15, renew = 10, retry = 2] = values.election.split(',').map(Number);
  const [mine, theirs] = await compare([ours, inGo(program)], {
    connection,
    setting: {
      kubeconfig: server.kubeconfig,
      workers: Number(values.workers),
      election: [lease, renew, retry],
    },
    users: Number(values.users),
    rounds: Number(values.rounds),
    changes: Number(values.changes),
  });
  connection.close();
  if (mine === undefined || theirs === undefined) return;
  const row = (what: string, key: keyof Figures, wanted: string) => [
    what,
    printSpread(spread(mine[key])),
    printSpread(spread(theirs[key])),
    printSpread(ratios(mine[key], theirs[key])),
    wanted,
  ];
  const change = (share: number, wanted: string) => {
    const [one, other] = [quantile(mine.change, share), quantile(theirs.change, share)];
    return [
      `spec change → status, ms, p${share * 100}`,
      digits(one),
      digits(other),
      digits(one / other),
      wanted,
    ];
  };
  const rows = [
    row('start → copy complete, ms', 'sync', '≤ 1'),
    row('… of processor time, s', 'syncCpu', ''),
    row('passes for everybody, ms', 'noop', '≤ 2'),
    row('resident after them, MiB', 'resident', '≤ 2'),
    change(0.5, '≤ 2'),
    change(0.99, ''),
    row('kill -9 of the leader → answer of the other, ms', 'takeover', '≤ 1'),
  ];
  const head = ['', 'workstation', 'controller-runtime', 'ratio', 'wanted'];
  console.log(`\nControllers, ${values.users} users: median (least to most)\n\n${table([head, ...rows])}`);
}

async function measureCopies(server: Apiserver, program: string): Promise<void> {
  const machine = machineName(0);
  const found = copies(server.kubeconfig, program, machine, COPIES);
  const agent = await agentOf(await readFile(server.kubeconfig, 'utf8'), machine);
  const print = (times: readonly number[]) => printSpread(spread(times));
  const rows = [
    ['connecting → synced, ms', print(found.ours), print(found.inGo), '≤ 150'],
    ['resident, MiB', digits(agent.agent), digits(found.goResident), '≤ 150'],
    ['resident, its helper, MiB', digits(agent.helper), '–', ''],
  ];
  const title = `The 100 users of one machine among ${values.users}: median (least to most)`;
  console.log(`\n${title}\n\n${table([['', 'workstation', 'controller-runtime', 'wanted'], ...rows])}`);
  const nodes = `${digits(found.clientNode)} MiB; one that loads nothing: ${digits(found.node)} MiB`;
  console.log(`\nA Node that loads all of client-node: ${nodes}`);
}

async function measureOnboarding(): Promise<void> {
  const singles = Number(values.singles);
  const found = await onboarding(singles, Number(values.crowd));
  const own = found.single.map((ready, index) => ready - found.kubectl[index]!);
  const quantiles = (times: readonly number[]) => [
    digits(quantile(times, 0.5)),
    digits(quantile(times, 0.99)),
  ];
  const rows = [
    ['kubectl apply → Ready, ms', ...quantiles(found.single), 'p50 ≤ 500, p99 ≤ 2000'],
    ['… of it kubectl', ...quantiles(found.kubectl), ''],
    ['… after it', ...quantiles(own), ''],
  ];
  console.log(`\nOnboarding, ${singles} one at a time\n\n${table([['', 'p50', 'p99', 'wanted'], ...rows])}`);
  const ratio = digits(found.crowd / found.crowdInFiles);
  console.log(
    `\n${values.crowd} at once, all Ready: ${digits(found.crowd)} ms by kubectl, ${digits(found.crowdInFiles)} ms by an edit of a roster: ${ratio} (wanted ≤ 1.25)`,
  );
  printRequests(`Requests of agent and controller for each of ${singles} users`, found.requests, singles);
  printRequests('Requests of agent and controller in a minute in which nothing is to do', found.steady, 1);
}

function printRequests(title: string, requests: Requests, share: number): void {
  const rows = [...requests]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([about, count]) => [about, digits(count / share)]);
  console.log(`\n${title}\n\n${table([['request', 'count'], ...rows])}`);
}
