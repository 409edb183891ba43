/** `join`: makes this machine one of a cluster, by an administrator's kubeconfig, which it does not keep. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { agentAccount, CONTROLLER_LEASE, SYSTEM_NAMESPACE } from '../api/marks.ts';
import { ObjectName } from '../api/primitives.ts';
import type { Workstation } from '../api/workstation/index.ts';
import { realClock } from '../controller/clock.ts';
import { ApiError } from '../kubernetes/api.ts';
import { connect, type Connection } from '../kubernetes/connect.ts';
import { pause } from '../kubernetes/timing.ts';
import { requestToken } from '../kubernetes/tokens.ts';
import { WORKSTATIONS } from '../source/cluster/resources.ts';
import { loadInput } from '../source/files/load.ts';
import { durationOf } from './daemon.ts';
import { install } from './install.ts';
import type { Io } from './io.ts';
import { installationId, kubeconfigText, KUBECONFIG, layDown, requireOwnPlace, TOKEN } from './join/files.ts';
import { ensureIdentity } from './join/identity.ts';
import { missingRights } from './join/rights.ts';
import { requireRoot } from './session.ts';
import { hasTrouble } from './trouble.ts';

export interface JoinOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly name: string;
  readonly server?: string;
  readonly workstation?: string;
  readonly tokenLifetime: string;
  readonly force?: boolean;
  readonly start: boolean;
}

/** Milliseconds: rights hold a moment after they were given. */
const PATIENCE = 15_000;
const AGAIN = 250;

export async function join(io: Io, root: Command, options: JoinOptions): Promise<number> {
  requireRoot();
  const { name, kubeconfig, context, start } = options;
  requireName(name);
  const lifetime = lifetimeOf(options.tokenLifetime);
  if (kubeconfig !== undefined && resolve(kubeconfig) === KUBECONFIG) {
    throw new Error(`join as ${name}: ${KUBECONFIG} is written by it: give an administrator’s kubeconfig`);
  }
  requireOwnPlace();
  const installation = installationId();
  const policy = await policyOf(io, options);
  if (policy === 'wrong') return 1;
  const admin = await connect({ kubeconfig, context, env: io.env });
  try {
    const text = kubeconfigText(name, admin.access, options.server);
    const tell = (line: string): void => io.out(`${line}\n`);
    await requireRights(admin, options);
    const { api } = admin;
    await ensureIdentity({
      api,
      machine: name,
      installation,
      force: options.force ?? false,
      now: io.now(),
      tell,
    });
    tell(await ensureWorkstation(admin, name, policy));
    const account = { namespace: SYSTEM_NAMESPACE, name: agentAccount(name) };
    layDown(text, await requestToken(admin.transport, account, lifetime / 1000));
    tell(`wrote ${KUBECONFIG} and ${TOKEN}, which only root reads`);
  } finally {
    admin.close();
  }
  await tryOut(io, name);
  return install(io, root, { name, kubeconfig: KUBECONFIG, start });
}

function requireName(name: string): void {
  // It is also the value of a label, which has an end.
  if (ObjectName.safeParse(name).success && name.length <= 63 && name !== CONTROLLER_LEASE) return;
  throw new Error(
    `join as ${JSON.stringify(name)}: a Workstation cannot be called so: up to 63 lower-case letters, digits, "-" and "."`,
  );
}

/** Milliseconds. The server gives out nothing that ends earlier. */
function lifetimeOf(text: string): number {
  const lifetime = durationOf('--token-lifetime', text);
  if (lifetime >= 600_000) return lifetime;
  throw new Error(`read --token-lifetime: found ${text}, give 10m or more`);
}

async function policyOf(
  io: Io,
  { name, workstation }: JoinOptions,
): Promise<Workstation | undefined | 'wrong'> {
  if (workstation === undefined) return undefined;
  const input = await loadInput([workstation]);
  if (hasTrouble(io, input)) return 'wrong';
  const object = input.workstation?.object;
  if (object === undefined) throw new Error(`read ${workstation}: it declares no Workstation`);
  if (object.metadata.name === name) return object;
  throw new Error(
    `read ${workstation}: it declares the Workstation ${object.metadata.name}, and this machine joins as ${name}: let them be the same`,
  );
}

async function requireRights({ transport }: Connection, options: JoinOptions): Promise<void> {
  const does = { replace: options.force ?? false, declare: options.workstation !== undefined };
  const missing = await missingRights(transport, options.name, does);
  if (missing.length === 0) return;
  throw new Error(
    `join as ${options.name}: this identity may not ${missing.join(', ')}: use the kubeconfig of an administrator`,
  );
}

/** One that is there stays as it is: it is somebody's. */
async function ensureWorkstation(
  { api }: Connection,
  name: string,
  policy: Workstation | undefined,
): Promise<string> {
  if ((await api.get(WORKSTATIONS, name)) !== undefined) return `kept Workstation ${name}`;
  if (policy === undefined) {
    return `found no Workstation ${name}: the agent waits for it, make it with kubectl apply -f workstation.yaml`;
  }
  const { apiVersion, kind, metadata, spec } = policy;
  const { labels } = metadata;
  await api.create(WORKSTATIONS, {
    apiVersion,
    kind,
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec,
  });
  return `made Workstation ${name}`;
}

/** The machine's own identity, from the machine: whether the agent will be let in. */
async function tryOut(io: Io, name: string): Promise<void> {
  const own = await connect({ kubeconfig: KUBECONFIG, env: io.env });
  const deadline = realClock.now() + PATIENCE;
  try {
    for (;;) {
      try {
        await own.api.get(WORKSTATIONS, name);
        return;
      } catch (error) {
        if (!isNotYet(error) || realClock.now() > deadline) throw error;
        await pause(realClock, AGAIN, new AbortController().signal);
      }
    }
  } finally {
    own.close();
  }
}

function isNotYet(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}
