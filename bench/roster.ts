/** Rosters of any size, as mixed as a real one: five kinds of people in turn. */

const KINDS: readonly ((name: string) => string)[] = [
  () => 'tier: power-user, code_layout: workspace, repos: [tripit, website]',
  () => 'tier: admin',
  () => 'tier: power-user',
  (name) => `tier: namespace-owner, namespaces: [${name}]`,
  (name) => `tier: namespace-owner, namespaces: [${name}, ${name}-dev], code_layout: workspace`,
];

/** The text of a roster.yaml; accounts are u001, u002 and so on. */
export function rosterOf(people: number): string {
  return `users:\n${accountsOf(people)
    .map((name, index) => entry(name, KINDS[index % KINDS.length]!(name)))
    .join('')}`;
}

export function accountsOf(people: number): string[] {
  return Array.from({ length: people }, (_, index) => `u${String(index + 1).padStart(3, '0')}`);
}

/** One kind in five clones nothing. */
export function isAdmin(index: number): boolean {
  return index % KINDS.length === 1;
}

/** The clones of a person below their home, by the path of the remote. */
export function clonesOf(index: number): readonly { readonly path: string; readonly remote: string }[] {
  const kind = index % KINDS.length;
  if (kind === 1) return [];
  const infra = { path: kind === 0 || kind === 4 ? 'code/infra' : 'code', remote: 'infra' };
  const further = kind === 0 ? ['tripit', 'website'] : [];
  return [infra, ...further.map((remote) => ({ path: `code/${remote}`, remote }))];
}

function entry(name: string, rest: string): string {
  return `  ${name}: { authentik_user: auth.${name}, k8s_user: k-${name}, ${rest} }\n`;
}
