/**
 * Reads which tier the cluster itself knows each person by. Best effort: a source that does not answer is a sentence, for
 * the roster is sound without it.
 *
 * A ConfigMap is read by one GET, without the Kubernetes client, whose loading takes longer than all the rest of a command.
 */
import * as z from 'zod';
import type { WorkstationSpec } from '../api/workstation/index.ts';
import { parseClusterTiers, type ClusterTierMap } from '../roster/tiers.ts';
import { memberOf } from '../sections/json.ts';
import { send } from './http.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { printable } from './programs/output.ts';
import type { Vault } from './vault/client.ts';

export interface TierSurroundings {
  readonly vault?: Pick<Vault, 'readKv2'> | undefined;
  /** Path of the kubeconfig that ConfigMaps are read with. */
  readonly kubeconfig?: string | undefined;
  /** Text of a file of the machine. @throws where it cannot be read */
  readonly readFile: (path: string) => string;
  readonly signal?: AbortSignal | undefined;
}

export type ClusterTiersRead =
  ({ readonly kind: 'read' } & ClusterTierMap) | { readonly kind: 'unreadable'; readonly message: string };

type Source = NonNullable<WorkstationSpec['clusterTiers']>;

/** @throws only the reason of `signal` */
export async function readClusterTiers(
  source: Source,
  surroundings: TierSurroundings,
): Promise<ClusterTiersRead> {
  const { vault, configMap, file } = source;
  const key = (vault ?? configMap ?? file)?.key;
  try {
    const map = parseClusterTiers(await readValue(source, surroundings), key);
    if (map === undefined)
      throw new Error('what is there is no object from cluster user to tier: correct it');
    return { kind: 'read', ...map };
  } catch (error) {
    surroundings.signal?.throwIfAborted();
    return {
      kind: 'unreadable',
      message: `read the tiers of the cluster: ${printable((error as Error).message)}`,
    };
  }
}

async function readValue(
  { vault, configMap, file }: Source,
  surroundings: TierSurroundings,
): Promise<unknown> {
  if (vault !== undefined) {
    if (surroundings.vault === undefined)
      throw new Error('there is no Vault token: set VAULT_ADDR and VAULT_TOKEN');
    return surroundings.vault.readKv2(vault.path, vault.field, surroundings.signal);
  }
  if (configMap !== undefined) return readConfigMap(configMap, surroundings);
  return file === undefined ? undefined : readMember(file, surroundings);
}

function readMember({ path, pointer }: NonNullable<Source['file']>, { readFile }: TierSurroundings): unknown {
  const text = readFile(path);
  if (pointer === undefined) return text;
  const member = memberOf(text, pointer);
  if (member.kind === 'present') return member.value;
  throw new Error(
    `${path}: ${member.kind === 'absent' ? `it has no member ${pointer}: add it` : 'it is no JSON: correct it'}`,
  );
}

/** Milliseconds. */
const TIMEOUT = 15_000;
const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });

async function readConfigMap(
  { namespace, name, field }: NonNullable<Source['configMap']>,
  { kubeconfig, readFile, signal }: TierSurroundings,
): Promise<string> {
  if (kubeconfig === undefined)
    throw new Error('no kubeconfig is given to read the ConfigMap with: set KUBECONFIG');
  const { server, tls, token } = readKubeconfig(kubeconfig, readFile);
  const url = new URL(`api/v1/namespaces/${namespace}/configmaps/${name}`, server);
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const { status, body } = await send({ method: 'GET', url, headers, tls, timeout: TIMEOUT, signal });
  const attempt = `the ConfigMap ${namespace}/${name}`;
  if (status !== 200)
    throw new Error(
      `${attempt}: the API server answered ${status}: ${REMEDIES[status] ?? 'look at its log'}`,
    );
  const { data } = ConfigMap.parse(JSON.parse(body));
  const value = Object.hasOwn(data, field) ? data[field] : undefined;
  if (value === undefined) throw new Error(`${attempt}: it has no field ${JSON.stringify(field)}: add it`);
  return value;
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'renew the credentials of the kubeconfig',
  403: 'allow its user to get it',
  404: 'create it',
};
