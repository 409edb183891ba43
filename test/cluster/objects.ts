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
