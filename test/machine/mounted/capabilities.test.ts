import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createMachine, type Machine } from '../../harness/machine/machine.ts';
import { runProcess } from '../../harness/machine/process.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { declare } from '../../harness/site/declare.ts';
import { siteBase } from '../../harness/site/site.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const HOST = '/proc/1/root';
const APPLY = ['apply', '--host', HOST, '--roster', `${HOST}/etc/workstation/roster.yaml`];
const ROSTER = 'users:\n  emo: {authentik_user: a, k8s_user: a, tier: power-user}\n';

interface DaemonSet {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly securityContext: SecurityContext }] };
    };
  };
}
interface SecurityContext {
  readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
}

/** What the pods of our DaemonSet have. */
function granted(): SecurityContext['capabilities'] {
  const text = readFileSync(join(PROJECT, 'manifests/overlays/daemonset/agent.yaml'), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as DaemonSet);
  const [container] = objects.find(({ kind }) => kind === 'DaemonSet')?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error('reading the DaemonSet: found none');
  return container.securityContext.capabilities;
}

/**
 * A first pass does without these: the one is for whoever leaves, which the tests of the cluster show; the other for the
 * machine's audit log, which a test machine has not.
 */
const LATER = new Set(['KILL', 'AUDIT_WRITE']);

/** A first pass from a container beside the machine that may do no more than these capabilities allow. */
async function pass(capabilities: readonly string[] | 'all'): Promise<string> {
  const machine = await createMachine({ kind: 'booted', base: await siteBase() });
  await declare(machine, ROSTER);
  // As distributions have it that rely on DAC_OVERRIDE for root, so that nobody without it reads them.
  await machine.output(['chmod', '0', '/etc/shadow', '/etc/gshadow']);
  const output = await inContainer(machine, capabilities);
  await machine.destroy();
  return output;
}

async function inContainer(machine: Machine, capabilities: readonly string[] | 'all'): Promise<string> {
  const enter = ['nsenter', '--target', `${machine.leader}`, '--pid', '--', 'unshare', '--mount', '--net'];
  const sandbox = ['sh', '-c', 'mount -t proc proc /proc && exec "$@"', 'sh'];
  const set = capabilities === 'all' ? '+all' : ['-all', ...capabilities.map(plus)].join(',');
  const confine = ['setpriv', `--bounding-set=${set}`, '--'];
  const program = join(PROJECT, 'bin/workstation');
  const { stdout } = await runProcess([...enter, ...sandbox, ...confine, program, ...APPLY], {
    timeout: 120_000,
  });
  return stdout;
}

function plus(capability: string): string {
  return `+${capability.toLowerCase()}`;
}

describeMachine('an agent in a pod with the capabilities of the DaemonSet', () => {
  const { drop, add } = granted();
  let whole: string;
  beforeAll(async () => {
    whole = await pass('all');
  });

  it('has no others', () => {
    expect(drop).toEqual(['ALL']);
  });

  it('does all that it would do with every capability', async () => {
    expect(whole).toMatch(/^emo .* 2\d /m);
    expect(await pass(add)).toBe(whole);
  });

  it.each(add.filter((name) => !LATER.has(name)))('cannot do without %s', async (name) => {
    expect(await pass(add.filter((other) => other !== name))).not.toBe(whole);
  });
});
