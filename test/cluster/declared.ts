/** Policies that need all that a machine gives: accounts, groups, clones, files, commands and services. */
export function workstation(name: string): object {
  return {
    apiVersion: 'workstation.dev/v1alpha1',
    kind: 'Workstation',
    metadata: { name },
    spec: {
      accounts: { shell: '/bin/sh', homeMode: '0750', groups: { 'namespace-owner': ['docker'] } },
      code: {
        infra: { remote: 'file:///srv/git/infra.git', branch: 'master' },
        repos: { baseURL: 'file:///srv/git/forgejo' },
      },
      files: [{ name: 'welcome', path: 'notes/welcome.txt', content: 'Hello ${user}\n' }],
      commands: [{ name: 'own', argv: ['sh', '-c', 'id -un >own.txt'], creates: 'own.txt' }],
      services: [
        {
          name: 'editor',
          port: { base: 4000 },
          envFile: '/etc/t3-serve/${user}.env',
          env: { EDITOR_PORT: '${port.editor}' },
          units: ['t3-serve@${user}.service'],
        },
      ],
    },
  };
}

/** Without a machine, the controller finds them one. */
export function user(name: string, workstation?: string): object {
  return {
    apiVersion: 'workstation.dev/v1alpha1',
    kind: 'WorkstationUser',
    metadata: { name },
    spec: {
      ...(workstation === undefined ? {} : { workstation }),
      authentikUser: name,
      k8sUser: name,
      tier: 'namespace-owner',
      namespaces: ['own'],
      codeLayout: 'workspace',
      repos: ['tripit'],
    },
  };
}
