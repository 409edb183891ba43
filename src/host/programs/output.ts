/**
 * What a program wrote, kept within a limit while it is read, and made safe to show.
 */
import type { Readable } from 'node:stream';

/** A program that writes more bytes than this is killed: to read on would only burn time. */
export const FLOOD = 64 * 1024 * 1024;

/** Keeps the end: a program says last why it failed. */
export class Tail {
  #chunks: Buffer[] = [];
  #kept = 0;
  /** Bytes read so far, kept or not. */
  total = 0;
  readonly #limit: number;

  constructor(stream: Readable, limit: number) {
    this.#limit = limit;
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
  }

  get truncated(): boolean {
    return this.total > this.#limit;
  }

  text(): string {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - this.#limit)).toString('utf8');
  }

  #add(chunk: Buffer): void {
    this.total += chunk.length;
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
    while (this.#kept - (this.#chunks[0]?.length ?? 0) >= this.#limit && this.#chunks.length > 1) {
      this.#kept -= this.#chunks.shift()?.length ?? 0;
    }
  }
}

const LONGEST_LINE = 300;
/** ECMA-48: CSI and the string sequences (OSC, DCS, SOS, PM, APC) with what they enclose, then other escapes. */
const ESCAPE_SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;
/** Also what changes the direction of text or hides in it. */
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text that a stranger wrote, safe for a terminal, a log and a status: escape sequences are gone, other control
 * characters are written as `\xNN` or `\uNNNN`, lines end at 300 characters, empty lines are left out.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(ESCAPE_SEQUENCES, '')
    .replaceAll(/\t/g, ' ')
    .split('\n')
    .map((line) => shorten(line.replaceAll(CONTROL, escape).trimEnd()))
    .filter((line) => line !== '')
    .join('\n');
}

function shorten(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
