/** Bytes as text: UTF-8 without a doubt, and no more than a person can have meant. */
import type { Problem } from './problem.ts';

/** The most bytes that are read of one file: ten thousand people take about three million. */
export const MAX_BYTES = 16 * 1024 * 1024;

export type Decoded = { readonly text: string } | { readonly problem: Problem };

export function decode(file: string, bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_BYTES) return { problem: { file, message: TOO_LARGE } };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: { file, ...placeOfInvalid(bytes), message: NOT_UTF8 } };
  }
}

export const TOO_LARGE = 'found more than 16 MiB, must be smaller: split it into several files';

const NOT_UTF8 = 'found bytes that are not UTF-8: save the file as UTF-8';

/** Where the first byte stands that is no UTF-8; the column counts what stands before it on the line. */
function placeOfInvalid(bytes: Uint8Array): { line: number; column: number } {
  const REPLACEMENT = '\ufffd';
  const lenient = new TextDecoder('utf-8').decode(bytes);
  const encoder = new TextEncoder();
  const lines = lenient.split('\n');
  let start = 0;
  for (const [index, line] of lines.entries()) {
    const end = bytes.indexOf(0x0a, start);
    const raw = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (line.includes(REPLACEMENT) && !isSame(encoder.encode(line), raw)) {
      return { line: index + 1, column: line.indexOf(REPLACEMENT) + 1 };
    }
    start = end + 1;
  }
  return { line: 1, column: 1 };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
