/** What an API server's own audit log says of who asked for what. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GROUP } from '../../../src/api/user.ts';
import { SYSTEM } from '../../harness/servers/identities.ts';

/** One request, once it is answered; of a watch, once it has begun. */
export interface Asked {
  readonly verb: string;
  readonly user: {
    /** Absent of whoever is nobody to the server. */
    readonly username?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** What was written, of statuses. */
  readonly requestObject?: object;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

export class Audit {
  readonly #path: string;
  readonly #policy: string;

  constructor(directory: string) {
    this.#path = join(directory, 'audit.log');
    this.#policy = join(directory, 'audit.yaml');
  }

  /** Flags of an API server that keeps it: who asked for what, and of the statuses of users what was said. */
  async flags(): Promise<string[]> {
    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [
        { level: 'Request', resources: [{ group: GROUP, resources: ['workstationusers/status'] }] },
        { level: 'Metadata' },
      ],
    };
    await writeFile(this.#policy, JSON.stringify(policy));
    return [`--audit-log-path=${this.#path}`, `--audit-policy-file=${this.#policy}`];
  }

  /** Requests of agents and controllers; without the ends of watches, which are no requests. */
  async asked(): Promise<Asked[]> {
    const lines = (await readFile(this.#path, 'utf8')).split('\n');
    // A server that was killed may have left a part of a line.
    return lines
      .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Asked & { stage: string }] : []))
      .filter(
        ({ user, verb, stage }) => isOurs(user) && (verb === 'watch') === (stage === 'ResponseStarted'),
      );
  }
}

const isOurs = ({ username }: Asked['user']) =>
  username?.startsWith(`system:serviceaccount:${SYSTEM}:workstation-`);

const CONTROLLER = `system:serviceaccount:${SYSTEM}:workstation-controller`;
const LEASE = 'workstation-controller';

/** Every write of a controller that did not hold the Lease when it asked. */
export function writesOfOthers(asked: readonly Asked[]): Asked[] {
  const writes = asked
    .filter(
      ({ user, verb }) =>
        user.username === CONTROLLER && ['create', 'update', 'patch', 'delete'].includes(verb),
    )
    .filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 300);
  const renewals = writes.filter(isRenewal);
  return writes.filter((write) => {
    if (isRenewal(write)) return false;
    const holder = renewals.findLast(
      ({ stageTimestamp }) => stageTimestamp <= write.requestReceivedTimestamp,
    );
    return holder === undefined || processOf(holder) !== processOf(write);
  });
}

/** How often leading passed from one process to another. */
export function transitions(asked: readonly Asked[]): number {
  const leaders = asked.filter((one) => isRenewal(one) && one.user.username === CONTROLLER).map(processOf);
  return leaders.filter((leader, index) => index > 0 && leader !== leaders[index - 1]).length;
}

const isRenewal = ({ verb, objectRef, responseStatus }: Asked) =>
  objectRef?.resource === 'leases' &&
  objectRef.name === LEASE &&
  (verb === 'update' || verb === 'create') &&
  (responseStatus?.code ?? 500) < 300;

/** Each process has a token of its own, which the server tells apart. */
const processOf = ({ user }: Asked) => user.extra?.['authentication.kubernetes.io/credential-id']?.[0];
