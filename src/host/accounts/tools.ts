/**
 * Does what sections ask for accounts: one action at a time, each safe to repeat, none on an account that is not a person's.
 */
import type { AccountAction } from '../../sections/action.ts';
import { completeAccount, createAccount } from './create.ts';
import type { Accounts } from './database.ts';
import { changeGroup } from './groups.ts';
import { foundAtHome } from './home.ts';
import { lockAccount, unlockAccount } from './login.ts';
import { endLogins, endProcesses } from './processes.ts';
import { refusal } from './refusals.ts';
import { removeStaleLocks } from './stale-locks.ts';

export class AccountTools {
  readonly #accounts: Accounts;
  readonly #reserved: () => Iterable<number>;
  #last: Promise<unknown> = Promise.resolve();

  /** `reservedUids` are given to nobody: those of people who have left. */
  constructor(accounts: Accounts, reservedUids: () => Iterable<number> = () => []) {
    this.#accounts = accounts;
    this.#reserved = reservedUids;
  }

  /**
   * Runs the action after all that were asked for before. Returns what else had to be done, if anything.
   * @throws what was attempted and met, in a sentence
   */
  perform(name: string, action: AccountAction, signal: AbortSignal): Promise<string | undefined> {
    // Processes end slowly, and nothing that ends them touches a database.
    if (action.kind === 'end-processes') return this.#end(name, signal);
    const done = this.#last.then(() => {
      signal.throwIfAborted();
      return this.#change(name, action);
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #change(name: string, action: Exclude<AccountAction, { kind: 'end-processes' }>) {
    const accounts = this.#accounts;
    if (action.kind !== 'create-account') this.#refuse(name, action);
    const removed = removeStaleLocks(accounts.reach);
    switch (action.kind) {
      case 'create-account':
        await createAccount(accounts, name, action, this.#reserved());
        break;
      case 'complete-account':
        await completeAccount(accounts, name, action);
        break;
      case 'add-to-group':
      case 'remove-from-group':
        await changeGroup(accounts, name, action);
        break;
      case 'lock-account':
        await lockAccount(accounts, name);
        break;
      case 'unlock-account':
        await unlockAccount(accounts, name);
        break;
    }
    return removed.length === 0 ? undefined : `removed lock files that nobody held: ${removed.join(', ')}`;
  }

  async #end(name: string, signal: AbortSignal): Promise<undefined> {
    this.#refuse(name, { kind: 'end-processes' });
    const { reach } = this.#accounts;
    const uid = this.#accounts.passwd(name)?.uid;
    await endLogins(reach, name, signal);
    if (reach.kind === 'image' || uid === undefined) return;
    await endProcesses(uid, signal).catch((cause: Error) => {
      throw new Error(`ending the processes of ${name}: ${cause.message}`, { cause });
    });
  }

  #refuse(name: string, { kind }: AccountAction): void {
    const entry = this.#accounts.passwd(name);
    const found =
      entry === undefined
        ? 'there is no such account'
        : (refusal(entry, this.#accounts.all()) ?? this.#wrongHome(entry.home));
    if (found !== undefined) throw new Error(`${kind} ${name}: ${found}`);
  }

  #wrongHome(home: string): string | undefined {
    const found = foundAtHome(this.#accounts.reach, home);
    return found === undefined || found.isDirectory()
      ? undefined
      : `its home ${home} is no directory, move it away`;
  }
}
