/**
 * What passes between the program and its helper process, on the helper's standard input and output: frames of a length
 * (four bytes, big-endian) and as many bytes of JSON. Requests are answered in their order, one frame each; the helper's
 * first frame says that it is ready.
 */
import type { Entry, Probe } from '../../sections/facts.ts';
import type { Operation } from '../files/operation.ts';
import type { Refusal } from '../files/refusal.ts';

/** Whose files, and with which rights. */
export interface HomeUser {
  readonly uid: number;
  readonly gid: number;
  /** All group ids, the primary one included or not. */
  readonly groups: readonly number[];
  /** Absolute, as the machine names it. */
  readonly home: string;
}

export type Request = { readonly user: HomeUser } & (
  | {
      readonly op: 'observe';
      readonly probes: readonly Probe[];
      /** The version of an answer to the same probes that the asker has. */
      readonly known?: string;
    }
  | Operation
);

export type Response =
  | { readonly kind: 'ready' }
  /** `version` is a digest of the entries: what has the same is the same. */
  | {
      readonly kind: 'observed';
      readonly version: string;
      readonly entries: readonly (readonly [string, Entry])[];
    }
  /** The answer is the one that is known. */
  | { readonly kind: 'unchanged' }
  /** `isFinished` is false when the same request has to be made again to go on. */
  | { readonly kind: 'operated'; readonly isFinished: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** A fault of the program. */
  | { readonly kind: 'fault'; readonly message: string };

const HEADER = 4;

export function encode(message: Request | Response): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/** Turns bytes, in pieces of any size, back into the messages they were made of. */
export class Decoder<T extends Request | Response> {
  #pieces: Buffer[] = [];
  #length = 0;
  /** Bytes without which there is no further message. */
  #wanted = HEADER;

  /** The messages that are complete with these bytes, which are kept and may not change. */
  push(piece: Buffer): T[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#wanted) return [];
    const messages: T[] = [];
    let bytes = Buffer.concat(this.#pieces);
    for (this.#wanted = wantedFor(bytes); bytes.length >= this.#wanted; this.#wanted = wantedFor(bytes)) {
      messages.push(JSON.parse(bytes.toString('utf8', HEADER, this.#wanted)) as T);
      bytes = bytes.subarray(this.#wanted);
    }
    this.#pieces = [bytes];
    this.#length = bytes.length;
    return messages;
  }
}

function wantedFor(bytes: Buffer): number {
  return bytes.length < HEADER ? HEADER : HEADER + bytes.readUInt32BE();
}
