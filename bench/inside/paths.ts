/** Runs on a machine: prints as JSON which paths and units a pass over it looks at, each once. */
import { loadDeclared, openingOf } from '../../src/cli/declared.ts';
import { processIo } from '../../src/cli/io.ts';
import { openFor } from '../../src/cli/machine.ts';
import { sortOut } from '../../src/cli/people.ts';
import { resolve } from '../../src/reconcile/desired.ts';
import { probesOf } from '../../src/reconcile/plan.ts';
import { machineProbes } from '../../src/sections/machine.ts';

const declared = await loadDeclared(processIo(), { roster: ['/etc/workstation/roster.yaml'] });
if (declared === undefined) throw new Error('load what is declared: it has problems');
const { machine } = await openFor({ stateDir: '/var/lib/workstation' }, openingOf(declared));
const { spec: policy } = declared.workstation.object;
const people = resolve(machine, sortOut(declared, []).accepted, policy).people.map(probesOf);
await machine.close();

const all = [...people, { home: [], ...machineProbes(policy) }];
const sources = all.flatMap((probes) => probes.sources).map((path) => ({ path, read: 'text' }));
const databases = ['passwd', 'group', 'shadow'].map((name) => ({ path: `/etc/${name}`, read: 'text' }));
const probes = [...all.flatMap(({ home, system }) => [...home, ...system]), ...sources, ...databases];
const byPath = new Map(probes.map((probe) => [`${probe.read} ${probe.path}`, probe]));
const units = [...new Set(all.flatMap((probes) => probes.units))];
console.log(JSON.stringify({ probes: [...byPath.values()], units }));
