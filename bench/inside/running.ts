/**
 * Runs on a machine: opens it once, as an agent does, and makes passes. Prints JSON: seconds of the first pass, and of
 * each of the passes after it, in which there is nothing to do.
 *
 *     running.ts COUNT
 */
import { loadDeclared, openingOf } from '../../src/cli/declared.ts';
import { processIo } from '../../src/cli/io.ts';
import { openFor } from '../../src/cli/machine.ts';
import { passInput } from '../../src/cli/passinput.ts';
import { sortOut } from '../../src/cli/people.ts';
import { applyPass } from '../../src/reconcile/pass.ts';
import type { Witness } from '../../src/reconcile/perform.ts';

const UNSEEN: Witness = { began: () => undefined, ended: () => undefined, finished: () => undefined };

const io = processIo();
const declared = await loadDeclared(io, { roster: ['/etc/workstation/roster.yaml'] });
if (declared === undefined) throw new Error('load what is declared: it has problems');
const people = sortOut(declared, []);
const { machine, store } = await openFor({ stateDir: '/var/lib/workstation' }, openingOf(declared));
const { input } = passInput({ io, machine, declared, people, state: store.load() });

const seconds: number[] = [];
for (let pass = 0; pass <= Number(process.argv[2]); pass++) {
  const start = performance.now();
  const outcome = await applyPass(input, UNSEEN, new AbortController().signal);
  seconds.push((performance.now() - start) / 1000);
  const done = outcome.people.reduce((sum, person) => sum + person.done, outcome.machine.done);
  if (pass > 0 && done > 0) throw new Error(`pass ${pass}: ${done} actions were done, there were none to do`);
}
const [first, ...noop] = seconds;
console.log(JSON.stringify({ first, noop }));
await machine.close();
