/** A roster in which many attack at once, so that one pass meets every case of an attack. */
export function crowdRoster(attackers: readonly string[]): string {
  const lines = attackers.map(
    (name) =>
      `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, tier: power-user, code_layout: workspace, repos: [tripit]}\n`,
  );
  return `users:
  alice: {authentik_user: alice, k8s_user: alice, tier: power-user}
  bob: {authentik_user: bob, k8s_user: bob, tier: namespace-owner, namespaces: [bob]}
${lines.join('')}`;
}
