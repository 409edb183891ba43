/** A text file that the command line names. */
import { decode } from '../api/text/decode.ts';
import { printProblem } from '../api/text/problem.ts';
import { readPath } from '../source/files/read.ts';

/** @throws Error with a sentence when it cannot be read as text */
export async function readTextFile(path: string): Promise<string> {
  const { read, problems } = await readPath(path, process.stdin);
  const [problem] = problems;
  if (problem) throw new Error(printProblem(problem));
  const [first, second] = read;
  if (first === undefined || second !== undefined) throw new Error(`${path}: found a folder, must be a file`);
  const decoded = decode(first.file, first.bytes);
  if ('problem' in decoded) throw new Error(printProblem(decoded.problem));
  return decoded.text;
}

/** @throws Error with a sentence when it is no JSON */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readTextFile(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${path}: found no valid JSON (${(error as Error).message}): correct it`, {
      cause: error,
    });
  }
}
