/** `derive`: everything that follows from a roster and the ports given before, as JSON. */
import { derive as deriveJson } from '../roster/derive.ts';
import { osUserOf } from '../api/user.ts';
import type { Service } from '../api/workstation/index.ts';
import { parsePortMap } from '../roster/portmap.ts';
import { loadDeclared, type DeclaringOptions } from './declared.ts';
import type { Io } from './io.ts';
import { sortOut } from './people.ts';
import { readTextFile } from './textfile.ts';

interface DeriveOptions extends DeclaringOptions {
  readonly portsJson: string;
}

export async function derive(io: Io, further: readonly string[], options: DeriveOptions): Promise<number> {
  const input = await loadDeclared(io, options);
  if (input === undefined) return 1;
  const { stalled } = sortOut(input, []);
  for (const { message } of stalled) io.err(`${message}\n`);
  if (stalled.length > 0) return 1;
  const { spec } = input.workstation.object;
  const files = portFiles(spec.services, options.portsJson, further);
  const existing = new Map<string, ReadonlyMap<string, unknown>>();
  for (const [service, file] of files) existing.set(service, await readPorts(file));
  const roster = input.users.map((user) => ({ osUser: osUserOf(user), spec: user.spec }));
  const derived = deriveJson({ roster, workstation: spec, existing });
  if (derived.kind === 'refused') {
    for (const problem of derived.problems) io.err(`${problem}\n`);
    return 1;
  }
  for (const warning of derived.warnings) io.err(`warning: ${warning}\n`);
  io.out(derived.json);
  return 0;
}

async function readPorts(file: string): Promise<ReadonlyMap<string, unknown>> {
  const text = await readTextFile(file);
  try {
    return parsePortMap(text);
  } catch (error) {
    throw new Error(
      `${file}: found no JSON object of account to port (${(error as Error).message}): correct it`,
      {
        cause: error,
      },
    );
  }
}

/** Which file holds the ports of which service: the first service has --ports-json, NAME has --NAME-ports-json. */
function portFiles(
  services: readonly Service[],
  first: string,
  further: readonly string[],
): Map<string, string> {
  const [main, ...others] = services;
  const files = new Map<string, string>();
  if (main) files.set(main.name, first);
  const words = further.flatMap((word) => splitOption(word));
  for (let index = 0; index < words.length; index += 2) {
    const [option = '', file] = words.slice(index, index + 2);
    const service = others.find(({ name }) => option === `--${name}-ports-json`);
    if (service === undefined) {
      const known = others.map(({ name }) => `--${name}-ports-json`).join(', ');
      throw new Error(
        `read the options: found ${option}, which is none of ${known || 'those that derive has'}`,
      );
    }
    if (file === undefined) throw new Error(`read the options: ${option} names no file: give one`);
    files.set(service.name, file);
  }
  return files;
}

function splitOption(word: string): string[] {
  const [, option, value] = /^(--[^=]+)=(.*)$/.exec(word) ?? [];
  return option === undefined || value === undefined ? [word] : [option, value];
}
