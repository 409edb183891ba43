/** Clones of the example, as they lie in a home and as they are asked for. */
import type { Things } from './build.ts';

export const ORIGIN = 'https://github.com/ViktorBarzin/infra.git';
export const CANONICAL = 'https://forgejo.viktorbarzin.me/viktor/infra.git';
export const upstream = { remote: 'forgejo', url: CANONICAL };

/** A clone at a path below the home. */
export function clone(at: string, config = wired): Things {
  return { [`${at}/.git/config`]: config, [`${at}/.git/index`]: '', [`${at}/README`]: '' };
}
export const wired = `[remote "origin"]\n\turl = ${ORIGIN}\n[remote "forgejo"]\n\turl = ${CANONICAL}\n[branch "master"]\n\tremote = forgejo\n\tmerge = refs/heads/master\n`;
export const fromOrigin = `[remote "origin"]\n\turl = ${ORIGIN}\n[branch "master"]\n\tremote = origin\n\tmerge = refs/heads/master\n`;

export const infraAt = (path: string) => ({
  path,
  url: ORIGIN,
  branch: 'master',
  config: ['filter.git-crypt.smudge=cat', 'filter.git-crypt.clean=cat', 'filter.git-crypt.required=false'],
  upstream,
  timeout: 600_000,
});
