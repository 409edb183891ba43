/** Every path in a home that the policy has the program look at or change, and every parent of one. */
import { parse } from 'yaml';

interface Policy {
  readonly spec: {
    readonly files: readonly { readonly path: string; readonly onlyIfDirectory?: string }[];
    readonly settings: readonly { readonly path: string }[];
    readonly commands: readonly Command[];
    readonly secrets: readonly {
      readonly path: string;
      readonly directories: readonly { readonly path: string }[];
    }[];
  };
}

interface Command {
  readonly creates?: string;
  readonly requires?: string;
  readonly unless?: { readonly path: string };
  readonly onlyIf?: { readonly path: string };
}

/** What the program knows without the policy saying so: the clones, and where a clone waits while it moves. */
const IMPLIED = ['.kube/config', 'code/infra/.git', 'code/tripit/.git', '.workstation-migrating'];

export function managedPaths(policy: string): string[] {
  const { files, settings, commands, secrets } = (parse(policy) as Policy).spec;
  const declared = [
    ...files.flatMap(({ path, onlyIfDirectory }) => [path, onlyIfDirectory]),
    ...settings.map(({ path }) => path),
    ...commands.flatMap((each) => [each.creates, each.requires, each.unless?.path, each.onlyIf?.path]),
    ...secrets.flatMap(({ path, directories }) => [path, ...directories.map((directory) => directory.path)]),
    ...IMPLIED,
  ];
  return [...new Set(declared.filter((path) => path !== undefined).flatMap(withParents))].sort();
}

function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
