/**
 * Builds images with buildah on a machine of its own, which has no network: whatever an image is made from is there
 * already.
 */
import { createMachine } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';

export interface Builder {
  readonly machine: Machine;
  build(options: BuildOptions): Promise<void>;
  /** Mounts an image, to look at. Returns the directory, on the builder. */
  mount(tag: string): Promise<string>;
  /** Writes an image as an archive. Returns its path as this process reaches it, until the builder is destroyed. */
  save(tag: string): Promise<string>;
  destroy(): Promise<void>;
}

export interface BuildOptions {
  /** Directory on the builder with a Dockerfile in it. */
  readonly context: string;
  readonly tag: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Directories of the builder that each step sees too, read-only. */
  readonly volumes?: readonly string[];
}

/** Milliseconds. */
const PATIENCE = 300_000;

export async function createBuilder(): Promise<Builder> {
  const machine = await createMachine({ kind: 'chroot' });
  // Layers of images are overlays, which cannot stand on that of the machine.
  await machine.output(['mount', '--mkdir', '-t', 'tmpfs', 'tmpfs', '/var/lib/containers']);
  await machine.output(['mount', '-t', 'sysfs', '-o', 'ro', 'sysfs', '/sys']);
  const buildah = (...args: string[]) => machine.output(['buildah', ...args], { timeout: PATIENCE });
  return {
    machine,
    build: async ({ context, tag, args = {}, volumes = [] }) => {
      const given = Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`);
      const seen = volumes.map((path) => `--volume=${path}:${path}:ro`);
      await buildah('bud', ...OPTIONS, ...given, ...seen, `--tag=${tag}`, context);
    },
    mount: async (tag) => {
      const container = (await buildah('from', '--pull-never', tag)).trim();
      return (await buildah('mount', container)).trim();
    },
    save: async (tag) => {
      const archive = `/srv/${tag.replaceAll(/[/:]/g, '_')}.tar`;
      await buildah('push', tag, `docker-archive:${archive}:${tag}`);
      return machine.root + archive;
    },
    destroy: () => machine.destroy(),
  };
}

const OPTIONS = ['--isolation=chroot', '--pull-never', '--format=docker'];
