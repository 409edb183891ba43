/** The program is of no one place: whatever names a site is data. */
import { globSync } from 'node:fs';
import { parse } from 'yaml';
import { readText } from '../text.ts';

interface Policy {
  metadata: { name: string };
  spec: { services: { name: string }[]; kubeconfig: { cluster: { name: string } } };
}

interface People {
  users: Record<string, { authentik_user: string; namespaces?: string[]; repos?: string[] }>;
}

it('no name of the site that is the example stands in the source', () => {
  const text = readText('examples/devvm/workstation.yaml');
  const { metadata, spec } = parse(text) as Policy;
  const { users } = parse(readText('examples/devvm/roster.yaml')) as People;
  const names = new Set([
    metadata.name,
    spec.kubeconfig.cluster.name,
    ...spec.services.map(({ name }) => name),
    ...[...text.matchAll(/https:\/\/(?!github\.com)([\w.-]+)/g)].map(([, host]) => host!),
    ...Object.keys(users),
    ...Object.values(users).flatMap((user) => [
      user.authentik_user,
      ...(user.namespaces ?? []),
      ...(user.repos ?? []),
    ]),
  ]);
  const mentions = new RegExp(
    String.raw`\b(?:${[...names].join('|').replaceAll('.', String.raw`\.`)})\b`,
    'gi',
  );
  const found = globSync('src/**/*.ts', { cwd: new URL('../../', import.meta.url) }).flatMap((file) =>
    [...readText(file).matchAll(mentions)].map(([name]) => `${file}: ${name}`),
  );
  expect(names.size).toBeGreaterThan(8);
  expect(found).toEqual([]);
});
