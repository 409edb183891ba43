/** What the engine before this one answered: inputs, outputs by title, and where we answer otherwise on purpose. */
import { readFileSync } from 'node:fs';

export interface Input {
  readonly title: string;
  readonly roster: string;
  readonly ports?: string;
  readonly playwrightPorts?: string;
  readonly k8sUsers?: string;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** What was taken before and is refused now; with `accounts`, what is read in another way. */
export interface Difference {
  readonly title: string;
  readonly reason: string;
  readonly accounts?: readonly string[];
}

export const inputs = JSON.parse(golden('inputs.json')) as readonly Input[];
export const differences = JSON.parse(golden('differences.json')) as readonly Difference[];
export const outputs: ReadonlyMap<string, Output> = new Map(
  golden('cases.txt')
    .split(/^### /m)
    .map((block) => [block.slice(0, block.indexOf('\n')), outputOf(block)]),
);

export function output(title: string): Output {
  const found = outputs.get(title);
  if (!found) throw new Error(`no output for ${title}`);
  return found;
}

function golden(file: string): string {
  return readFileSync(new URL(`../golden/engine/${file}`, import.meta.url), 'utf8');
}

function outputOf(block: string): Output {
  const [, stdout = '', stderr = '', code = ''] =
    /^[^]*?\n(?:--stdout\n)?([^]*?)--stderr\(.*\)\n([^]*?)--rc=(\d+)/.exec(block) ?? [];
  return { stdout, stderr, code: Number(code) };
}
