/**
 * Runs in a machine: takes one request as JSON on stdin, does its steps one after another, and prints what came of each as
 * JSON. `kill: true` ends the whole process group at a random instant of the first step, the agent with its children.
 */
import { text } from 'node:stream/consumers';
import { Accounts } from '../../../src/host/accounts/database.ts';
import { processesOf } from '../../../src/host/accounts/processes.ts';
import { AccountTools } from '../../../src/host/accounts/tools.ts';
import { verifyReach } from '../../../src/host/programs/reach.ts';
import type { Reach } from '../../../src/host/programs/reach.ts';
import { run } from '../../../src/host/programs/run.ts';
import type { AccountAction } from '../../../src/sections/action.ts';
import type { AccountFacts } from '../../../src/sections/facts.ts';

export interface Request {
  readonly reach?: Reach;
  readonly reserved?: readonly number[];
  /** Names to look up in name services first. */
  readonly lookUp?: readonly string[];
  /** Steps begin without waiting for the ones before. */
  readonly atOnce?: boolean;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly name: string; readonly do: AccountAction }
  | { readonly name: string; readonly run: readonly string[] }
  | { readonly name: string; readonly facts: true };

export interface Answer {
  readonly note?: string | undefined;
  readonly error?: string;
  readonly facts?: AccountFacts | undefined;
  readonly processes?: number;
  readonly stdout?: string;
}

const request = JSON.parse(await text(process.stdin)) as Request;
const { reach = { kind: 'live' } } = request;
await verifyReach(reach);
const accounts = new Accounts(reach);
const tools = new AccountTools(accounts, () => request.reserved ?? []);
await accounts.lookUp(request.lookUp ?? []);
const answers: Answer[] = [];
if (request.atOnce === true) answers.push(...(await Promise.all(request.steps.map(answer))));
else for (const step of request.steps) answers.push(await answer(step));
process.stdout.write(JSON.stringify(answers));

async function answer(step: Step): Promise<Answer> {
  try {
    if ('do' in step) return { note: await tools.perform(step.name, step.do, new AbortController().signal) };
    if ('run' in step) {
      const [program = '', ...args] = step.run;
      const finished = await run(reach, {
        program,
        args,
        as: accounts.credentials(step.name),
        timeout: 10_000,
      });
      return { stdout: finished.stdout };
    }
    const facts = accounts.get(step.name);
    return { facts, ...(facts && { processes: processesOf(facts.uid).length }) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
