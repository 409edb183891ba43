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
