/** A machine in memory: does every action of the vocabulary, refuses as the real one does, and writes down all of it. */
import type { Done, Machine } from '../../../src/host/machine.ts';
import type { Action } from '../../../src/sections/action.ts';
import type { AccountFacts, Entries, HomeLook, Probe, UnitFacts } from '../../../src/sections/facts.ts';
import { isUnitAction } from '../../../src/reconcile/perform.ts';
import { RUNNING } from '../sections/build.ts';
import { directory, file, lookAt } from '../sections/tree.ts';
import { failed, MemoryFiles, NOW, raise } from './memory-files.ts';

const SKEL = '/etc/skel';
const DONE: Done = { kind: 'done' };

export class MemoryMachine implements Machine {
  isLive = true;
  readonly accounts = new Map<string, AccountFacts>();
  readonly groupNames = new Set(['code-shared', 'docker', 'sudo']);
  readonly files = new MemoryFiles();
  /** Every file of the machine, homes and sources among them. */
  readonly tree = this.files.tree;
  readonly unitFacts = new Map<string, UnitFacts>();
  readonly ports = new Set<number>();
  readonly busy = new Set<number>();
  /** Everything that was done, in order. */
  readonly log: { readonly user: string; readonly action: Action }[] = [];
  /** The units of each batch that went off. */
  readonly batches: string[][] = [];
  /** Runs before an action: what it returns is the answer, what it throws is thrown. */
  before: (user: string, action: Action) => Done | undefined = () => undefined;
  /** Runs before a home is looked at. */
  beforeLook: (user: string) => void = () => {};
  #waiting: { readonly unit: string; readonly go: () => void }[] = [];

  get units(): ReadonlyMap<string, UnitFacts> {
    return this.unitFacts;
  }

  account(osUser: string): AccountFacts | undefined {
    return this.accounts.get(osUser);
  }

  groups(): ReadonlySet<string> {
    return new Set(this.groupNames);
  }

  lookUp(): Promise<void> {
    return Promise.resolve();
  }

  lookAtHome(
    osUser: string,
    home: string,
    probes: readonly Probe[],
    known?: string,
  ): Promise<HomeLook | undefined> {
    return Promise.resolve().then(() => {
      this.beforeLook(osUser);
      const entries = this.#homeEntries(osUser, home, probes);
      const version = JSON.stringify([...entries]);
      return version === known ? undefined : { entries, version };
    });
  }

  #homeEntries(osUser: string, home: string, probes: readonly Probe[]): Entries {
    if (this.accounts.has(osUser)) return lookAt(this.tree, probes);
    const skel = [...this.files.below(SKEL)].map(
      ([path, entry]) => [home + path.slice(SKEL.length), entry] as const,
    );
    return lookAt(new Map(skel), probes);
  }

  lookAtSystem(probes: readonly Probe[]): Entries {
    return lookAt(this.tree, probes);
  }

  lookAtSources(sources: readonly string[]): Entries {
    return lookAt(this.tree, sources.map((path) => ({ path, read: 'text' }))); // prettier-ignore
  }

  lookAtUnits(units: readonly string[]): Promise<void> {
    for (const unit of units) {
      if (!this.unitFacts.has(unit))
        this.unitFacts.set(unit, { ...RUNNING, enabled: false, active: 'inactive' });
    }
    return Promise.resolve();
  }

  listening(): ReadonlySet<number> {
    return this.ports;
  }

  hasProcesses(uid: number): boolean {
    return this.busy.has(uid);
  }

  async do(user: string, action: Action): Promise<Done> {
    this.log.push({ user, action });
    const answer = this.before(user, action);
    if (answer !== undefined) return answer;
    if (isUnitAction(action) && 'unit' in action) {
      await new Promise<void>((go) => this.#waiting.push({ unit: action.unit, go }));
    }
    return this.#perform(user, action);
  }

  flush(): void {
    const batch = this.#waiting.splice(0);
    if (batch.length > 0) this.batches.push(batch.map(({ unit }) => unit));
    for (const { go } of batch) go();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #perform(user: string, action: Action): Done {
    switch (action.kind) {
      case 'create-account':
        this.files.put(action.home, directory(action.homeMode));
        for (const [path, entry] of this.files.below(SKEL))
          this.files.put(action.home + path.slice(SKEL.length), entry);
        return this.#setAccount(user, {
          name: user,
          uid: 1001 + this.accounts.size,
          gid: 1001 + this.accounts.size,
          home: action.home,
          shell: action.shell,
          groups: [user, ...action.groups],
          password: 'locked',
        });
      case 'complete-account':
        if (action.missing.includes('home')) this.files.put(action.home, directory(action.homeMode));
        return this.#change(user, action.missing.includes('shadow') ? { password: 'locked' } : {});
      case 'add-to-group':
        return this.#change(user, { groups: [...(this.accounts.get(user)?.groups ?? []), action.group] });
      case 'remove-from-group':
        return this.#change(user, {
          groups: this.accounts.get(user)?.groups.filter((group) => group !== action.group) ?? [],
        });
      case 'lock-account':
        return this.#change(user, { password: 'locked', expires: 1 });
      case 'unlock-account': {
        const { expires: _, ...account } = this.accounts.get(user) ?? raise('no account');
        return this.#setAccount(user, account);
      }
      case 'end-processes':
        this.busy.delete(this.accounts.get(user)?.uid ?? 0);
        return DONE;
      case 'make-directory':
        return this.tree.has(action.path)
          ? failed(`${action.path} exists`)
          : this.files.put(action.path, directory(action.mode));
      case 'write-file':
      case 'write-system-file':
        if (!this.files.isAs(action.path, action.before)) return failed(`${action.path} has changed`);
        return this.files.put(action.path, file(action.content, action.mode));
      case 'remove-system-file':
        this.tree.delete(action.path);
        return DONE;
      case 'set-mode':
      case 'give-directory': {
        const entry = this.tree.get(action.path);
        if (entry?.kind !== 'file' && entry?.kind !== 'directory') return failed(`${action.path} is gone`);
        return this.files.put(action.path, {
          ...entry,
          ...('mode' in action ? { mode: action.mode } : { uid: 1001 }),
        });
      }
      case 'remove-tree':
        for (const path of this.files.below(action.path).keys()) this.tree.delete(path);
        return DONE;
      case 'move':
        return this.files.move(action.from, action.to);
      case 'clone':
        return this.files.clone(action.clone);
      case 'finish-clone':
        return this.files.checkOut(action.clone.path);
      case 'hoist-clone':
        return this.files.move(action.from, action.clone.path);
      case 'set-upstream':
        return this.files.track(action.path, action.branch, action.upstream);
      case 'refresh-clone':
        return this.files.put(`${action.path}/.git/FETCH_HEAD`, file('', 0o644, { modified: NOW }));
      case 'run-command':
        return this.#run(this.accounts.get(user)?.home ?? '', action.name);
      case 'mint-token':
        return this.files.put(action.path, file('hvs.token\n', 0o600));
      case 'enable-unit':
        return this.#setUnit(action.unit, { enabled: true });
      case 'start-unit':
        return this.#setUnit(action.unit, { active: 'active' });
      case 'disable-unit':
        return this.#setUnit(action.unit, { enabled: false, active: 'inactive' });
    }
  }

  #setAccount(user: string, account: AccountFacts): Done {
    this.accounts.set(user, account);
    return DONE;
  }

  #change(user: string, change: Partial<AccountFacts>): Done {
    return this.#setAccount(user, { ...(this.accounts.get(user) ?? raise('no account')), ...change });
  }

  #setUnit(unit: string, change: Partial<UnitFacts>): Done {
    this.unitFacts.set(unit, { ...(this.unitFacts.get(unit) ?? RUNNING), ...change });
    return DONE;
  }

  #run(home: string, name: string): Done {
    if (name === 'claude') return this.files.put(`${home}/.local/bin/claude`, file(''));
    const wired = name === 'playwright-mcp' ? '{"mcpServers":{"playwright":{}}}' : '{}';
    return this.files.put(`${home}/.claude.json`, file(wired));
  }
}
