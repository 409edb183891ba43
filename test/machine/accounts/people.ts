/** What the suites of accounts share. */
import { CHECKOUT } from '../../harness/machine/machine.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import type { AccountAction } from '../../../src/sections/action.ts';
import type { AccountFacts } from '../../../src/sections/facts.ts';
import type { Answer, Request } from './driver.ts';

export const DRIVER = [`${CHECKOUT}/node_modules/.bin/node`, `${CHECKOUT}/test/machine/accounts/driver.ts`];

export const creation = (name: string, groups: readonly string[] = []): AccountAction => ({
  kind: 'create-account',
  shell: '/bin/bash',
  home: `/home/${name}`,
  homeMode: 0o700,
  groups,
});

export const completion = (name: string): AccountAction => ({
  kind: 'complete-account',
  missing: ['shadow', 'home'],
  home: `/home/${name}`,
  homeMode: 0o700,
});

/** What people can be told apart by, with all they own. */
export class People {
  readonly machine: Machine;
  readonly #settings: Omit<Request, 'steps'>;
  /** Stands before the driver, to run it somewhere else. */
  readonly #prefix: readonly string[];

  constructor(machine: Machine, settings: Omit<Request, 'steps'> = {}, prefix: readonly string[] = []) {
    this.machine = machine;
    this.#settings = settings;
    this.#prefix = prefix;
  }

  async ask(request: Request): Promise<readonly Answer[]> {
    const input = JSON.stringify({ ...this.#settings, ...request });
    return JSON.parse(await this.machine.output([...this.#prefix, ...DRIVER], { input })) as Answer[];
  }

  /** Throws what the action threw. */
  async do(name: string, action: AccountAction): Promise<string | undefined> {
    const [answer] = await this.ask({ steps: [{ name, do: action }] });
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer?.note;
  }

  async facts(name: string): Promise<AccountFacts | undefined> {
    const [answer] = await this.ask({ steps: [{ name, facts: true }] });
    return answer?.facts;
  }

  /** The lines of this person in a database, or what `match` picks. */
  async lines(file: string, name: string): Promise<string> {
    return (await this.machine.run(['grep', '-w', '--', name, file])).stdout;
  }
}
