/** A machine's files in a folder of their own, and the hints that come of them. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hint, Watched } from '../../../../src/host/watch/hint.ts';
import {
  type MachineWatch,
  type MachineWatchSetting,
  watchMachine,
} from '../../../../src/host/watch/machine.ts';

export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 4_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waiting: not met in time: ${what()}`);
    await sleep(2);
  }
}

export const NOTHING: Watched = { files: [], directories: [], units: [], homes: [] };

export class Stage {
  readonly root = mkdtempSync(join(tmpdir(), 'watch-'));
  readonly hints: Hint[] = [];
  readonly said: string[] = [];
  #watch: MachineWatch | undefined;

  path(path: string): string {
    return join(this.root, path);
  }

  directory(path: string): void {
    mkdirSync(this.path(path), { recursive: true, mode: 0o755 });
  }

  write(path: string, content = 'x'): void {
    this.directory(dirname(path));
    writeFileSync(this.path(path), content);
  }

  replace(path: string): void {
    this.write(`${path}.new`);
    renameSync(this.path(`${path}.new`), this.path(path));
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }

  watch(watched: Partial<Watched>, setting: Partial<MachineWatchSetting> = {}): MachineWatch {
    const whole = { root: this.root, watched: { ...NOTHING, ...watched }, ...setting };
    const onTrouble = (message: string) => this.said.push(message);
    this.#watch = watchMachine({ onTrouble, ...whole }, (hint) => this.hints.push(hint));
    return this.#watch;
  }

  /** Waits until this hint has come, and forgets all that came. */
  async hears(hint: Hint): Promise<void> {
    const wanted = JSON.stringify(hint);
    const came = () => this.hints.map((one) => JSON.stringify(one));
    await until(
      () => came().includes(wanted),
      () => `${wanted}; came: ${came().join(' ')}`,
    );
    this.hints.length = 0;
  }

  async end(): Promise<void> {
    await this.#watch?.close();
    rmSync(this.root, { recursive: true });
  }
}

/** How many inotify watches this process has, see proc_pid_fdinfo(5). */
export function watches(): number {
  const infos = readdirSync('/proc/self/fd').map((fd) => infoOf(fd));
  return infos.reduce((sum, info) => sum + (info.match(/^inotify wd:/gm)?.length ?? 0), 0);
}

function infoOf(fd: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  } catch {
    // The descriptor of the listing itself.
    return '';
  }
}
