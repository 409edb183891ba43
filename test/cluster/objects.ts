/** What the tests give to kubectl. JSON is YAML. */
import { IMAGE } from '../harness/cluster/images.ts';

/** The rights of a container that needs none. */
const NO_RIGHTS = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A container of the image with no more rights than the image itself asks for. Default: its own entry point. */
export function container(changes: object = {}): object {
  return {
    name: 'main',
    image: IMAGE,
    imagePullPolicy: 'Never',
    securityContext: NO_RIGHTS,
    ...changes,
  };
}

/**
 * What the agent of a node needs, and no more: each of these was left out once, and something failed. Root, since nobody
 * else may make accounts; not privileged.
 */
const AGENT_RIGHTS = {
  runAsUser: 0,
  runAsGroup: 0,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
  capabilities: {
    drop: ['ALL'],
    add: [
      'SYS_PTRACE', // to see whether /proc/1 is of the machine that is mounted
      'SYS_ADMIN', // to enter its namespaces, and give each command one of its own
      'SYS_CHROOT', // to enter its mount namespace
      'CHOWN', // homes and files become their people's
      'FOWNER', // with the right mode
      'DAC_OVERRIDE', // and may lie in a directory that root may not write
      'SETUID', // work in homes is done with their people's rights
      'SETGID',
      'KILL', // what a leaver left running is ended
    ],
  },
};

/** A container that works on the node it runs on. Its pod shares the node's processes. */
export function onHost(args: readonly string[]): object {
  return container({
    args: [...args, '--host', '/host'],
    securityContext: AGENT_RIGHTS,
    volumeMounts: [{ name: 'machine', mountPath: '/host', mountPropagation: 'HostToContainer' }],
  });
}

export const HOST = {
  hostPID: true,
  volumes: [{ name: 'machine', hostPath: { path: '/', type: 'Directory' } }],
};

export function pod(name: string, main: object, spec: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, containers: [main], ...spec },
  });
}

export function daemonSet(name: string, main: object): string {
  const labels = { app: name };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [main] } },
    },
  });
}
