/** ConfigMaps on a real API server, a connection to it through a proxy, and a reflector whose every word is noted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../../src/controller/clock.ts';
import type { ApiError } from '../../../src/kubernetes/api.ts';
import { connect } from '../../../src/kubernetes/connect.ts';
import type { Connection } from '../../../src/kubernetes/connect.ts';
import type { KubernetesObject, Resource } from '../../../src/kubernetes/objects.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { startProxy } from '../../harness/servers/proxy.ts';
import type { FaultProxy } from '../../harness/servers/proxy.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespace: 'default',
};

export function configMap(name: string, value = '', labels: Record<string, string> = {}): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels },
    data: { value },
  };
}

/** Time that goes by ten times as fast, so that what takes minutes by design takes seconds. */
export const FAST: Clock = {
  now: () => performance.now() * 10,
  setTimer(fn, ms) {
    const timer = globalThis.setTimeout(fn, ms / 10);
    return () => clearTimeout(timer);
  },
};

export interface Stage {
  readonly proxy: FaultProxy;
  /** Through the proxy, in fast time. */
  readonly through: Connection;
  /** Past it. */
  readonly direct: Connection;
  end(): Promise<void>;
}

export async function setStage(server: Apiserver): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'workstation-stage-'));
  const proxy = await startProxy(server);
  const kubeconfig = join(directory, 'kubeconfig');
  await proxy.writeKubeconfig(kubeconfig);
  const through = await connect({ kubeconfig, clock: FAST });
  const direct = await connect({ kubeconfig: server.kubeconfig });
  return {
    proxy,
    through,
    direct,
    end: async () => {
      through.close();
      direct.close();
      await proxy.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** A stage, and a copy of exactly these ConfigMaps, through the proxy. */
export async function copied(
  server: Apiserver,
  names: readonly string[],
): Promise<{ stage: Stage; copy: Copy }> {
  const stage = await setStage(server);
  const { api } = stage.direct;
  for (const { metadata } of await api.list(CONFIG_MAPS)) await api.delete(CONFIG_MAPS, metadata.name);
  for (const name of names) await api.create(CONFIG_MAPS, configMap(name, 'old'));
  const copy = reflect(stage.through);
  await copy.reflector.synced();
  return { stage, copy };
}

export interface Copy {
  readonly reflector: Reflector<ConfigMap>;
  /** Every value that each key was seen with; undefined where it was absent. */
  readonly seen: Map<string, (string | undefined)[]>;
  readonly troubles: (ApiError | undefined)[];
  stop(): Promise<void>;
}

export function reflect({ transport }: Connection, labelSelector?: string): Copy {
  const seen: Copy['seen'] = new Map();
  const troubles: Copy['troubles'] = [];
  const reflector: Reflector<ConfigMap> = new Reflector({
    transport,
    resource: CONFIG_MAPS,
    selectors: labelSelector === undefined ? {} : { labelSelector },
    clock: FAST,
    onChange: (key) => {
      seen.set(key, [...(seen.get(key) ?? []), reflector.get(key)?.data?.['value']]);
    },
    onTrouble: (trouble) => troubles.push(trouble),
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  return {
    reflector,
    seen,
    troubles,
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** What tells two states apart: of every object its uid and version. */
export function summary(objects: readonly KubernetesObject[]): string[] {
  return objects
    .map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`)
    .sort();
}

/** Waits until `holds`, and says what was last found when it does not within half a minute. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  found: () => unknown = () => '',
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited half a minute in vain: ${JSON.stringify(found())}`);
    await setTimeout(20);
  }
}

/** Waits until the copy is what the server has. */
export async function untilTrue(
  { reflector }: Copy,
  direct: Connection,
  labelSelector?: string,
): Promise<void> {
  const selectors = labelSelector === undefined ? {} : { labelSelector };
  const truth = async () => summary(await direct.api.list(CONFIG_MAPS, selectors)).join();
  await until(
    async () => summary(reflector.list()).join() === (await truth()),
    () => summary(reflector.list()),
  );
}
