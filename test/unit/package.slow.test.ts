import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Of what is in them, everything is needed where the package is installed, but for sources and maps. */
const PARTS = ['bin', 'dist', 'crds', 'manifests', 'charts/workstation', 'examples'];

describe('the package', () => {
  it('holds the program and what is given to a cluster, and nothing that only a checkout can use', () => {
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [{ files }] = JSON.parse(execFileSync('npm', pack, { encoding: 'utf8' })) as [Packed];
    const there = globSync(`{${PARTS.join(',')}}/**`, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative('.', join(parentPath, name)));
    const wanted = there.filter((path) => !/\.(map|ts)$/.test(path));
    expect(wanted).toContain('dist/host/home/child.js');
    expect(files.map(({ path }) => path).sort()).toEqual([...wanted, 'README.md', 'package.json'].sort());
  });
});

interface Packed {
  readonly files: readonly { readonly path: string }[];
}
