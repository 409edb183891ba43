/** A cluster of two nodes that have the image, and what the tests ask of it. */
import { createBuilder } from '../harness/cluster/builder.ts';
import type { Builder } from '../harness/cluster/builder.ts';
import { startCluster } from '../harness/cluster/cluster.ts';
import type { Cluster } from '../harness/cluster/cluster.ts';
import { buildImage, buildPause, IMAGE } from '../harness/cluster/images.ts';
import { PAUSE_IMAGE } from '../harness/cluster/nodeconfig.ts';
import { siteBase } from '../harness/site/site.ts';

export interface Stage {
  readonly builder: Builder;
  readonly cluster: Cluster;
  readonly apply: (object: object) => void;
  /** What is at a JSONPath of what `kubectl get` prints. */
  readonly get: (what: readonly string[], path: string) => string;
  /** Waits, 50 seconds at most. */
  readonly until: (name: string, path: string, value: string) => void;
  /** Exit code and output of a pod's only container, once that has ended, in 50 seconds at most. */
  result(pod: string): { readonly code: number; readonly output: string };
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const builder = await createBuilder();
  await Promise.all([buildImage(builder), buildPause(builder)]);
  const cluster = await startCluster({ pause: await builder.save(PAUSE_IMAGE), base: await siteBase() });
  await cluster.importImage(await builder.save(IMAGE));
  const { kubectl } = cluster;
  const get: Stage['get'] = (what, path) => kubectl(['get', ...what, `--output=jsonpath={${path}}`]);
  const wait = (name: string, condition: string) => {
    try {
      kubectl(['wait', name, `--for=jsonpath=${condition}`, '--timeout=50s']);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${kubectl(['describe', name])}`, { cause });
    }
  };
  return {
    builder,
    cluster,
    apply: (object) => void kubectl(['apply', '--filename=-'], JSON.stringify(object)),
    get,
    until: (name, path, value) => wait(name, `{${path}}=${value}`),
    result: (pod) => {
      const path = '.status.containerStatuses[0].state.terminated.exitCode';
      wait(`pod/${pod}`, `{${path}}`);
      return { code: Number(get([`pod/${pod}`], path)), output: kubectl(['logs', `pod/${pod}`]) };
    },
    stop: async () => {
      await cluster.stop();
      await builder.destroy();
    },
  };
}
