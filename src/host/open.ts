/** Puts a machine together from the parts of this room. */
import { availableParallelism } from 'node:os';
import { Accounts } from './accounts/database.ts';
import { AccountTools } from './accounts/tools.ts';
import { describeMachine } from './capacity.ts';
import { FileRefused } from './files/refusal.ts';
import { SystemFiles } from './files/system.ts';
import { Homes } from './home/homes.ts';
import { HostMachine } from './hostmachine.ts';
import { Limiter } from './limiter.ts';
import { acquireLock, type Lock } from './lock.ts';
import { LOG_READERS, LogFiles } from './logfiles.ts';
import { rootOf, settleReach, verifyReach, type Reach } from './programs/reach.ts';
import type { TokenIssuer } from './tokens.ts';
import type { Look } from './units/files.ts';
import { changeLinks } from './units/links.ts';
import { Units } from './units/units.ts';
import type { Hint, Watched } from './watch/hint.ts';
import { watchMachine, type MachineWatch } from './watch/machine.ts';

export interface MachineSetting {
  readonly reach: Reach;
  /** Where relative sources are: the directory of the declaring file, outside of the machine. */
  readonly sources?: () => string;
  /** Who mints tokens, where anybody may. */
  readonly issuer?: TokenIssuer;
  /** Uids that are given to nobody: those of people who have left. */
  readonly reservedUids?: () => Iterable<number>;
  /** Milliseconds that unit work waits for that of others when nobody flushes. */
  readonly unitPatience?: number;
  /** Told when nothing has been done in homes for a minute. */
  readonly onRest?: (() => void) | undefined;
}

/** Bytes of the state, which takes some 3 KiB for each person: for more people than a machine has. */
const STATE_LIMIT = 64 * 2 ** 20;

/** A machine, and what belongs to working on it at all. */
export class OpenMachine extends HostMachine {
  readonly #reach: Reach;
  readonly #root: string;
  readonly #files: SystemFiles;
  /** Of the machine's own records. */
  readonly logFiles: LogFiles;

  constructor(setting: MachineSetting) {
    const { reach, sources = () => '/', issuer, reservedUids, unitPatience, onRest } = setting;
    const root = rootOf(reach) || '/';
    const files = new SystemFiles(root);
    const look: Look = (probes) => files.observe(probes);
    const accounts = new Accounts(reach);
    const homes = new Homes({ root, onRest });
    homes.start();
    super({
      reach,
      accounts,
      tools: new AccountTools(accounts, reservedUids),
      homes,
      files,
      declared: { files: new SystemFiles(), directory: sources },
      units: new Units({
        reach,
        look,
        ...(unitPatience === undefined ? {} : { patience: unitPatience }),
        ...(reach.kind === 'image' ? { change: changeLinks(look, files) } : {}),
      }),
      vault: issuer,
      // Programs wait for disks and remotes as much as for processors.
      limiter: new Limiter(2 * availableParallelism()),
    });
    this.#reach = reach;
    this.#root = rootOf(reach);
    this.#files = files;
    this.logFiles = new LogFiles(files, () => accounts.group(LOG_READERS)?.gid);
  }

  /** @param directory where the lock lies, on the machine; made when it is missing */
  lock(directory: string, waitMs: number, signal: AbortSignal): Promise<Lock> {
    this.#files.makeDirectory({ path: directory, mode: 0o755 });
    return acquireLock(`${this.#root}${this.#files.resolve(directory)}`, { waitMs, signal });
  }

  /** @param onTrouble told what goes unwatched, and why */
  watch(watched: Watched, onHint: (hint: Hint) => void, onTrouble: (message: string) => void): MachineWatch {
    return watchMachine({ root: this.#root || '/', watched, onTrouble }, onHint);
  }

  /** @param agent the version of this program */
  describe(agent: string): ReturnType<typeof describeMachine> {
    return describeMachine(this.#reach, agent);
  }

  readonly stateFiles = {
    read: (path: string): string | undefined => this.#read(path),
    write: (path: string, text: string, mode: number): void =>
      this.#files.writeFile({ path, content: text, mode, limit: STATE_LIMIT }),
  };

  #read(path: string): string | undefined {
    const entry = this.#files.observeText(path, STATE_LIMIT);
    if (entry.kind === 'absent') return undefined;
    if (entry.kind === 'file' && entry.text !== undefined) return entry.text;
    if (entry.kind === 'blocked') throw new FileRefused(entry.obstacle, `read ${path}`);
    throw new Error(`read ${path}: it is no text file: move it away`);
  }
}

/** @throws Error with a sentence when the machine cannot be reached in this way */
export async function openMachine(setting: MachineSetting): Promise<OpenMachine> {
  const reach = await settleReach(setting.reach);
  await verifyReach(reach);
  const machine = new OpenMachine({ ...setting, reach });
  try {
    if (reach.kind !== 'live') refuseLinkedDatabases(machine, reach.root);
    return machine;
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** What the account tools and this program open by their paths from outside of the machine. */
const DATABASES = [
  '/etc',
  '/etc/default',
  ...['passwd', 'group', 'shadow', 'gshadow', 'subuid', 'subgid', 'login.defs', 'nsswitch.conf', 'skel'].map(
    (name) => `/etc/${name}`,
  ),
  '/etc/default/useradd',
];

/** Seen from outside, a symbolic link in the machine may lead out of it, and to the databases of another one. */
function refuseLinkedDatabases(machine: OpenMachine, root: string): void {
  for (const [path, entry] of machine.lookAtSystem(DATABASES.map((path) => ({ path, read: 'stat' })))) {
    const found = entry.kind === 'symlink' ? path : entry.kind === 'blocked' ? entry.obstacle.at : undefined;
    if (found === undefined) continue;
    throw new Error(
      `reaching the machine at ${root}: its ${found} is a symbolic link, which is not followed from outside, put the file or directory itself there`,
    );
  }
}
