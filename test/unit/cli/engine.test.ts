/** The command line that older scripts call, held to what the program before answered. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/main.ts';
import { differences, inputs, output, type Input } from '../enginecases.ts';

const project = join(import.meta.dirname, '../../..');

const directory = mkdtempSync(join(tmpdir(), 'workstation-engine-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env: {},
    isTerminal: false,
    columns: 80,
    now: () => new Date(0),
  };
  const policy = join(project, 'examples/devvm/workstation.yaml');
  return { code: await main([...argv, '--workstation', policy], io), out, err };
}

function derive({ roster, ports = '{}', playwrightPorts }: Input) {
  const further = playwrightPorts ? ['--playwright-ports-json', file('further.json', playwrightPorts)] : [];
  const named = ['--roster', file('roster.yaml', roster), '--ports-json', file('ports.json', ports)];
  return run('derive', ...named, ...further);
}

const isKept = ({ title }: Input) =>
  output(title).code === 0 && !differences.some((one) => one.title === title);
const derivations = inputs.filter(({ title }) => title.startsWith('derive:'));
const validations = inputs.filter(({ title }) => title.startsWith('validate:'));

describe('derive', () => {
  it.each(derivations.filter(isKept))('$title: prints the same bytes', async (input) => {
    expect(await derive(input)).toMatchObject({ code: 0, out: output(input.title).stdout });
  });

  const isRefused = (input: Input) =>
    !isKept(input) && !differences.some((one) => one.title === input.title && one.accounts);
  it.each(derivations.filter(isRefused))(
    '$title: is refused in a sentence, with nothing printed',
    async (input) => {
      const { code, out, err } = await derive(input);
      expect([code, out]).toEqual([1, '']);
      expect(err).not.toBe('');
      expect(err).not.toMatch(/internal error|^\s+at /m);
    },
  );
});

describe('validate', () => {
  it.each(validations)(
    '$title: says the same, with the same exit code',
    async ({ title, roster, k8sUsers = '{}' }) => {
      const wanted = output(title);
      const { code, out, err } = await run(
        'validate',
        '--roster',
        file('roster.yaml', roster),
        '--k8s-users-json',
        file('k8s.json', k8sUsers),
      );
      expect([code, out]).toEqual([wanted.code, '']);
      const isComparison = /^(WARN|ERROR): /.test(wanted.stderr) || wanted.stderr === '';
      expect(isComparison ? err.replace(/^warning: .*\n/gm, '') : 'refused').toBe(
        isComparison ? wanted.stderr : 'refused',
      );
    },
  );
});
