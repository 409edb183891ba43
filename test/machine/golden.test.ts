import { readFile, readdir } from 'node:fs/promises';
import { DIFFERENCES } from '../golden/differences.ts';
import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';
import { capture } from '../harness/site/capture.ts';
import { declare } from '../harness/site/declare.ts';
import { siteBase } from '../harness/site/site.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const PEOPLE = ['anca', 'carol', 'dan', 'emo', 'wizard'];
const GOLDEN = new URL('../golden/', import.meta.url);

/** What the machine must be like: the golden result with every wished difference made in it. */
async function expected(name: string, used: Set<string>): Promise<Record<string, string>> {
  const files = await readdir(new URL(`${name}/`, GOLDEN));
  const texts = files.map(async (file) => {
    const text = await readFile(new URL(`${name}/${file}`, GOLDEN), 'utf8');
    return [
      file,
      text
        .split('\n')
        .map((line) => wished(file, line, used))
        .join('\n'),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
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
    async (golden, kind) => {
      const machine = await createMachine({
        kind,
        base: await siteBase({ claude: golden === 'with-claude' }),
      });
      await declare(machine);
      await machine.run([WORKSTATION, 'apply']);
      await expectGolden(machine, golden, kind);

      await machine.run([WORKSTATION, 'apply']);
      await expectGolden(machine, golden, kind);
      await machine.destroy();
    },
  );

  it('needs every wished difference', () => {
    expect([...used].sort()).toEqual(DIFFERENCES.map(({ reason }) => reason).sort());
  });
});

async function expectGolden(machine: Machine, golden: string, kind: 'chroot' | 'booted'): Promise<void> {
  const wanted = await expected(golden, used);
  const found = await capture(machine, PEOPLE);
  // Only a machine whose systemd runs has units that run.
  if (kind === 'chroot') delete wanted['units.txt'];
  expect(found).toEqual(wanted);
}
