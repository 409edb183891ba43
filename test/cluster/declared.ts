/** Two people, and a policy that needs all that a machine gives: accounts, groups, clones, files, commands, services. */
export const ROSTER = `
users:
  ada: { authentik_user: ada, k8s_user: ada, tier: power-user }
  bob:
    authentik_user: bob
    k8s_user: bob
    tier: namespace-owner
    namespaces: [bob]
    code_layout: workspace
    repos: [tripit]
`;

export const POLICY = `
apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: node }
spec:
  accounts:
    shell: /bin/sh
    homeMode: '0750'
    groups: { power-user: [docker] }
  code:
    infra: { remote: 'file:///srv/git/infra.git', branch: master }
    repos: { baseURL: 'file:///srv/git/forgejo' }
  files:
    - { name: welcome, path: notes/welcome.txt, content: 'Hello \${user}' }
  commands:
    - { name: own, argv: [sh, -c, 'id -un >own.txt'], creates: own.txt }
  services:
    - name: editor
      port: { base: 4000 }
      envFile: /etc/t3-serve/\${user}.env
      env: { EDITOR_PORT: '\${port.editor}' }
      units: ['t3-serve@\${user}.service']
`;
