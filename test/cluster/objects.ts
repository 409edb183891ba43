/** What the tests give to the API server. */
import { IMAGE } from '../harness/cluster/images.ts';

/** The rights of a container that needs none. */
const NO_RIGHTS = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** A container of the image with no rights. Default: what the image runs. */
export function container(changes: object = {}): object {
  return {
    name: 'main',
    image: IMAGE,
    imagePullPolicy: 'Never',
    securityContext: NO_RIGHTS,
    ...changes,
  };
}

/** What a pass on the node needs, with what fails without it. */
export const NEEDED_CAPABILITIES = {
  SYS_PTRACE: 'cannot look at the root of PID 1',
  SYS_ADMIN: 'reassociate to namespace',
  SYS_CHROOT: "reassociate to namespace 'ns/mnt'",
  CHOWN: 'EPERM: operation not permitted, lchown',
  FOWNER: 'EPERM: operation not permitted, chmod',
  SETUID: 'the system answered EPERM',
  SETGID: 'the system answered EPERM',
} as const;

/** A container that works on the node it runs on, for a pod with HOST. Root, since nobody else may make accounts. */
export function onHost(args: readonly string[], capabilities: readonly string[]): object {
  return container({
    args: [...args, '--host', '/host'],
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'], add: capabilities },
    },
    volumeMounts: [{ name: 'machine', mountPath: '/host', mountPropagation: 'HostToContainer' }],
  });
}

export const HOST = {
  hostPID: true,
  volumes: [{ name: 'machine', hostPath: { path: '/', type: 'Directory' } }],
};

export function pod(name: string, main: object, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 5, containers: [main], ...spec },
  };
}

export function daemonSet(name: string, main: object): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [main] } },
    },
  };
}
