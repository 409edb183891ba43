/** The command line that older scripts call, held to what the program before answered. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/main.ts';

interface Input {
  readonly title: string;
  readonly roster: string;
  readonly ports?: string;
  readonly playwrightPorts?: string;
  readonly k8sUsers?: string;
}

const project = join(import.meta.dirname, '../../..');
const golden = (file: string) => readFileSync(join(project, 'test/golden/engine', file), 'utf8');
const inputs = JSON.parse(golden('inputs.json')) as Input[];
const differences = JSON.parse(golden('differences.json')) as { title: string; accounts?: string[] }[];
const blocks = new Map(
  golden('cases.txt')
    .split(/^### /m)
    .map((block) => [block.slice(0, block.indexOf('\n')), block]),
);

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

function expectedOf(title: string) {
  const block = blocks.get(title) ?? '';
  const [, stdout = '', stderr = '', code = ''] =
    /^[^]*?\n(?:--stdout\n)?([^]*?)--stderr\(.*\)\n([^]*?)--rc=(\d+)/.exec(block) ?? [];
  return { stdout, stderr, code: Number(code) };
}

const isKept = ({ title }: Input) =>
  expectedOf(title).code === 0 && !differences.some((one) => one.title === title);
const derivations = inputs.filter(({ title }) => title.startsWith('derive:'));
const validations = inputs.filter(({ title }) => title.startsWith('validate:'));

describe('derive', () => {
  it.each(derivations.filter(isKept))('$title: prints the same bytes', async (input) => {
    expect(await derive(input)).toMatchObject({ code: 0, out: expectedOf(input.title).stdout });
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
      const wanted = expectedOf(title);
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
