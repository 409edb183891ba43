/** A policy that needs all that a machine gives, accounts, clones, files, commands and services; and who is there. */
export function rosterOf(...people: readonly string[]): string {
  const line = (name: string) =>
    `  ${name}: { authentik_user: ${name}, k8s_user: ${name}, tier: namespace-owner, namespaces: [own], ` +
    'code_layout: workspace, repos: [tripit] }\n';
  return `users:\n${people.map(line).join('')}`;
}

export const POLICY = `
apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: node }
spec:
  accounts:
    shell: /bin/sh
    homeMode: '0750'
    groups: { namespace-owner: [docker] }
  code:
    infra: { remote: 'file:///srv/git/infra.git', branch: master }
    repos: { baseURL: 'file:///srv/git/forgejo' }
  files:
    - { name: welcome, path: notes/welcome.txt, content: "Hello \${user}\\n" }
  commands:
    - { name: own, argv: [sh, -c, 'id -un >own.txt'], creates: own.txt }
  services:
    - name: editor
      port: { base: 4000 }
      envFile: /etc/t3-serve/\${user}.env
      env: { EDITOR_PORT: '\${port.editor}' }
      units: ['t3-serve@\${user}.service']
  # Each test has people of its own.
  offboarding: { massRemovalLimit: 100 }
`;
