/** The machine as it is: every look and every action goes to the part of this room that knows how. */
import type { Action } from '../sections/action.ts';
import type { AccountFacts, Entries, HomeLook, Probe, UnitFacts } from '../sections/facts.ts';
import type { Accounts } from './accounts/database.ts';
import { processesOf } from './accounts/processes.ts';
import { refusal } from './accounts/refusals.ts';
import type { AccountTools } from './accounts/tools.ts';
import { runCommand } from './commands.ts';
import type { SystemFiles } from './files/system.ts';
import { doInHome, doInSystem, finished } from './filework.ts';
import { doGit } from './git/clones.ts';
import type { HomeUser, Homes } from './home/homes.ts';
import type { Limiter } from './limiter.ts';
import { listeningPorts } from './listening.ts';
import type { Done, Machine } from './machine.ts';
import type { Credentials } from './programs/person.ts';
import type { Reach } from './programs/reach.ts';
import { mintToken, type TokenIssuer } from './tokens.ts';
import type { Units } from './units/units.ts';

export interface Parts {
  readonly reach: Reach;
  readonly accounts: Accounts;
  readonly tools: AccountTools;
  readonly homes: Homes;
  readonly files: SystemFiles;
  /** Files outside of the machine, where the declaring file lies. */
  readonly declared: { readonly files: SystemFiles; readonly directory: () => string };
  readonly units: Units;
  readonly vault: TokenIssuer | undefined;
  /** Bounds what runs at a time for people. */
  readonly limiter: Limiter;
}

const SKEL = '/etc/skel';

export class HostMachine implements Machine {
  readonly #parts: Parts;
  /** Asked for and not waited for. */
  readonly #reloads = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isLive(): boolean {
    return this.#parts.reach.kind !== 'image';
  }

  get canMint(): boolean {
    return this.#parts.vault !== undefined;
  }

  get units(): ReadonlyMap<string, UnitFacts> {
    return this.#parts.units.facts;
  }

  account(osUser: string): AccountFacts | undefined {
    const found = this.#parts.accounts.get(osUser);
    const why = this.refusal(osUser);
    return found && (why === undefined ? found : { ...found, refusal: why });
  }

  refusal(osUser: string): string | undefined {
    const { accounts } = this.#parts;
    const entry = accounts.passwd(osUser);
    return entry && refusal(entry, accounts.all());
  }

  groups(): ReadonlySet<string> {
    return this.#parts.accounts.groups();
  }

  lookUp(osUsers: readonly string[]): Promise<void> {
    return this.#parts.accounts.lookUp(osUsers);
  }

  async lookAtHome(
    osUser: string,
    home: string,
    probes: readonly Probe[],
    known?: string,
  ): Promise<HomeLook | undefined> {
    const { accounts, files } = this.#parts;
    const isMissing = files.observe([{ path: home, read: 'stat' }]).get(home)?.kind === 'absent';
    if (accounts.passwd(osUser) === undefined || isMissing)
      return { entries: this.#lookAtSkel(home, probes) };
    return this.#parts.homes.look(this.#homeUser(osUser), probes, known);
  }

  /** What a new home would have, or that of an account whose making was interrupted. */
  #lookAtSkel(home: string, probes: readonly Probe[]): Entries {
    const inSkel = probes.map(({ path, read }) => ({ path: SKEL + path.slice(home.length), read }));
    const entries = this.#parts.files.observe(inSkel);
    return new Map(
      probes.map(({ path }) => [path, entries.get(SKEL + path.slice(home.length)) ?? { kind: 'absent' }]),
    );
  }

  lookAtSystem(probes: readonly Probe[]): Entries {
    return this.#parts.files.observe(probes);
  }

  lookAtSources(sources: readonly string[]): Entries {
    const { files, declared } = this.#parts;
    const [absolute, relative] = [true, false].map((wanted) =>
      sources.filter((path) => path.startsWith('/') === wanted),
    );
    const directory = declared.directory();
    const below = (path: string) => `${directory}/${path}`;
    const onMachine = files.observe((absolute ?? []).map(textProbe));
    const beside = declared.files.observe((relative ?? []).map(below).map(textProbe));
    return new Map([
      ...onMachine,
      ...(relative ?? []).map((path) => [path, beside.get(below(path)) ?? { kind: 'absent' }] as const),
    ]);
  }

  lookAtUnits(units: readonly string[]): Promise<void> {
    return this.#parts.units.look(units);
  }

  listening(): ReadonlySet<number> {
    return listeningPorts(this.#parts.reach);
  }

  hasProcesses(uid: number): boolean {
    return this.isLive && processesOf(uid).length > 0;
  }

  async removeLeftovers(osUser: string, directories: readonly string[], signal: AbortSignal): Promise<void> {
    for (const directory of directories)
      await this.#parts.homes.removeLeftovers(this.#homeUser(osUser), directory, signal);
  }

  async do(osUser: string, action: Action, signal: AbortSignal): Promise<Done> {
    return failingAs('ActionFailed', async () => {
      signal.throwIfAborted();
      return this.#dispatch(osUser, action, signal);
    });
  }

  flush(): void {
    this.#parts.units.flush();
  }

  async close(): Promise<void> {
    this.flush();
    await Promise.all(this.#reloads);
    await this.#parts.homes.close();
    this.#parts.files.close();
    this.#parts.declared.files.close();
  }

  /** What systemd has read of a unit stays until it is told: with the next batch, or at the end. */
  async #writeSystemFile(action: Extract<Action, { kind: 'write-system-file' }>): Promise<Done> {
    const done = await doInSystem(this.#parts.files, action);
    const isUnit = action.path.startsWith('/etc/systemd/system/');
    if (done.kind === 'done' && isUnit) {
      const reload = this.#parts.units.unitFilesChanged().finally(() => this.#reloads.delete(reload));
      this.#reloads.add(reload);
    }
    return done;
  }

  #dispatch(osUser: string, action: Action, signal: AbortSignal): Promise<Done> {
    const { reach, tools, homes, files, units, vault, limiter } = this.#parts;
    switch (action.kind) {
      case 'create-account':
      case 'complete-account':
      case 'add-to-group':
      case 'remove-from-group':
      case 'lock-account':
      case 'unlock-account':
      case 'end-processes':
        return failingAs('AccountFailed', async () => noted(await tools.perform(osUser, action, signal)));
      case 'make-directory':
      case 'write-file':
      case 'set-mode':
      case 'remove-tree':
      case 'move':
        return doInHome(homes, this.#homeUser(osUser), action, signal);
      case 'give-directory':
        return finished(async () => files.giveDirectory({ path: action.path, ...this.#homeUser(osUser) }));
      case 'clone':
      case 'finish-clone':
      case 'hoist-clone':
      case 'set-upstream':
      case 'refresh-clone': {
        const owner = { reach, person: this.#credentials(osUser), home: this.#cloneHome(osUser, signal) };
        return limiter.run(() => doGit(owner, action, signal));
      }
      case 'run-command':
        return limiter.run(() => runCommand(reach, this.#credentials(osUser), action, signal));
      case 'mint-token':
        return failingAs('MintFailed', () => mintToken(vault, homes, this.#homeUser(osUser), action, signal));
      case 'write-system-file':
        return this.#writeSystemFile(action);
      case 'remove-system-file':
        return finished(async () => files.removeFile(action.path));
      case 'enable-unit':
      case 'start-unit':
      case 'disable-unit':
        return units.do(action);
    }
  }

  #credentials(osUser: string): Credentials {
    return this.#parts.accounts.credentials(osUser);
  }

  #homeUser(osUser: string): HomeUser {
    const { uid, gid, groups, home } = this.#credentials(osUser);
    // A name service may know more groups; files in a home need no more than the primary one.
    return { uid, gid, home, groups: groups === 'init' ? [] : groups };
  }

  #cloneHome(osUser: string, signal: AbortSignal) {
    const { homes } = this.#parts;
    const user = this.#homeUser(osUser);
    return {
      move: (from: string, to: string) => homes.rename(user, { from, to }, signal),
      removeLeftovers: (directory: string) => homes.removeLeftovers(user, directory, signal),
    };
  }
}

function textProbe(path: string): Probe {
  return { path, read: 'text' };
}

function noted(note: string | undefined): Done {
  return note === undefined ? { kind: 'done' } : { kind: 'done', note };
}

/** What an action throws is its failure, with this reason, and never the end of a pass. */
async function failingAs(reason: string, work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (error) {
    return { kind: 'failed', reason, message: error instanceof Error ? error.message : String(error) };
  }
}
