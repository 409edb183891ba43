import type { Apiserver } from './kubernetes.ts';
import { freePorts, launchServer, serverDirectory } from './process.ts';

export interface Controllers {
  stop(): Promise<void>;
}

/**
 * What makes an API server act: service accounts and their tokens, garbage collection, DaemonSets, Deployments, by
 * kube-controller-manager, each controller with an account of its own; and kube-scheduler, which gives pods a node.
 */
export async function startControllers(server: Apiserver): Promise<Controllers> {
  const directory = await serverDirectory('controllers');
  const [managing = 0, scheduling = 0] = await freePorts(2);
  const common = (port: number) => [
    `--kubeconfig=${server.kubeconfig}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${directory.path}`,
    '--leader-elect=false',
  ];
  const [manager, scheduler] = await Promise.all([
    launchServer('kube-controller-manager', {
      directory: directory.path,
      args: [
        ...common(managing),
        `--service-account-private-key-file=${server.signingKey}`,
        `--root-ca-file=${server.caFile}`,
        '--use-service-account-credentials',
      ],
      // No pod is admitted before its service account is there.
      ready: () => exists(server, '/api/v1/namespaces/default/serviceaccounts/default'),
    }),
    launchServer('kube-scheduler', {
      directory: directory.path,
      args: common(scheduling),
      // It has no state of its own to wait for: whoever makes a pod waits for that.
      ready: async () => true,
    }),
  ]);
  return {
    stop: async () => {
      await Promise.all([manager.stop(), scheduler.stop()]);
      await directory.remove();
    },
  };
}

async function exists(server: Apiserver, path: string): Promise<boolean> {
  return (await server.request('GET', path)).status === 200;
}
