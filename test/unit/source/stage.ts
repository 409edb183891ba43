/** Files that a source watches in a folder of their own, and what it has said of them. */
import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StateFiles } from '../../../src/report/store.ts';
import { FileSource, type FileSourceSetting } from '../../../src/source/files/source.ts';

export const WORKSTATION =
  'apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: devvm}\nspec: {}\n';

const entry = (name: string) => `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, tier: admin}\n`;

export function roster(...names: readonly string[]): string {
  return names.length === 0 ? 'users: {}\n' : `users:\n${names.map(entry).join('')}`;
}

export function manifest(name: string): string {
  return `apiVersion: workstation.dev/v1alpha1\nkind: WorkstationUser\nmetadata: {name: ${name}}\nspec: {authentikUser: ${name}, k8sUser: ${name}, tier: admin}\n`;
}

/** Milliseconds. Longer than `until` waits, so that its sentence is what is seen. */
jest.setTimeout(20_000);

/** Resolves when the condition holds; fails when it does not within ten seconds. */
export async function until(
  holds: () => boolean,
  what: () => unknown = () => holds.toString(),
): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waiting for a condition: not met in time: ${String(what())}`);
    await sleep(2);
  }
}

/** The state directory, as long as the test lasts. */
export class MemoryFiles implements StateFiles {
  readonly texts = new Map<string, string>();
  readonly modes = new Map<string, number>();
  writes = 0;
  /** What the next calls fail with. */
  failure: string | undefined;

  read(path: string): string | undefined {
    if (this.failure !== undefined) throw new Error(this.failure);
    return this.texts.get(path);
  }

  write(path: string, text: string, mode: number): void {
    if (this.failure !== undefined) throw new Error(this.failure);
    this.writes += 1;
    this.texts.set(path, text);
    this.modes.set(path, mode);
  }
}

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'source-'));
  readonly state = new MemoryFiles();
  readonly said: string[] = [];
  changes = 0;
  readonly #sources: FileSource[] = [];

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  /** As editors and `install` do: a new file takes the place of the old one. */
  replace(name: string, content: string): void {
    this.write(`${name}.new`, content);
    renameSync(this.path(`${name}.new`), this.path(name));
  }

  /** As a kubelet does: the files are links through `..data`, which is swapped to a new folder. */
  swap(folder: string, files: Readonly<Record<string, string>>): void {
    const version = `..${++this.#version}`;
    const top = this.path(folder);
    for (const [name, content] of Object.entries(files)) this.write(`${folder}/${version}/${name}`, content);
    symlinkSync(version, join(top, '..data_tmp'));
    renameSync(join(top, '..data_tmp'), join(top, '..data'));
    for (const name of Object.keys(files)) {
      if (lstatSync(join(top, name), { throwIfNoEntry: false }) === undefined)
        symlinkSync(`..data/${name}`, join(top, name));
    }
  }

  #version = 0;

  source(setting: Partial<FileSourceSetting> = {}): FileSource {
    const source = new FileSource({
      paths: { roster: [this.path('roster.yaml')], workstation: this.path('workstation.yaml') },
      files: this.state,
      directory: '/state',
      logger: {
        log: (_, message) => this.said.push(message),
        with: () => {
          throw new Error('a source has no fields of its own');
        },
      },
      stillMs: 40,
      ...setting,
    });
    this.#sources.push(source);
    return source;
  }

  async start(setting: Partial<FileSourceSetting> = {}): Promise<FileSource> {
    const source = this.source(setting);
    await source.start(() => (this.changes += 1), new AbortController().signal);
    return source;
  }

  async end(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.stop()));
    rmSync(this.folder, { recursive: true });
  }
}

export function namesIn({ current }: FileSource): string[] {
  return (current?.users ?? []).map(({ metadata }) => metadata.name);
}
