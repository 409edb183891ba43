import { DIFFERENCES } from '../golden/differences.ts';
import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { capture } from '../harness/site/capture.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';
import { golden, PEOPLE } from './golden.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;

/** What the machine must be like: the golden result with every wished difference made in it. */
async function expected(name: string, used: Set<string>): Promise<Record<string, string>> {
  const files = Object.entries(await golden(name));
  return Object.fromEntries(
    files.map(([file, text]) => [
      file,
      text
        .split('\n')
        .map((line) => wished(file, line, used))
        .join('\n'),
    ]),
  );
}

function wished(file: string, line: string, used: Set<string>): string {
  const difference = DIFFERENCES.find((candidate) => candidate.file === file && candidate.was.test(line));
  if (difference === undefined) return line;
  used.add(difference.reason);
  return line.replace(difference.was, difference.is);
}

const used = new Set<string>();

describeMachine('a fresh machine after one apply', () => {
  it.each([
    ['with-claude', 'chroot'],
    ['with-claude', 'booted'],
    ['without-claude', 'chroot'],
  ] as const)(
    'is as the program before left it, but for what is wished otherwise: %s, %s',
    async (name, kind) => {
      const machine = await createMachine({
        kind,
        base: await siteBase({ claude: name === 'with-claude' }),
      });
      await declare(machine);
      await machine.run([WORKSTATION, 'apply']);
      await expectGolden(machine, name, kind);

      await machine.run([WORKSTATION, 'apply']);
      await expectGolden(machine, name, kind);
      await machine.destroy();
    },
  );

  it('needs every wished difference', () => {
    expect([...used].sort()).toEqual(DIFFERENCES.map(({ reason }) => reason).sort());
  });
});

async function expectGolden(machine: Machine, name: string, kind: 'chroot' | 'booted'): Promise<void> {
  const wanted = await expected(name, used);
  const found = await capture(machine, PEOPLE);
  // Only a machine whose systemd runs has units that run.
  if (kind === 'chroot') delete wanted['units.txt'];
  expect(found).toEqual(wanted);
}
