/**
 * Headers of D-Bus messages as they arrive, in pieces of any size; bodies are passed over unread. The format is that of
 * the D-Bus specification, "Message Format". Nothing in a message can make this keep more than a header.
 */
import { type Fields, readFields } from './fields.ts';

export interface Header {
  readonly type: 'call' | 'return' | 'error' | 'signal';
  /** The object that it is about or for; each is absent where the message has none. */
  readonly path: string | undefined;
  readonly interface: string | undefined;
  readonly member: string | undefined;
}

/** Bytes before the header's fields: endianness, type, flags, version, body length, serial, length of the fields. */
const PREFIX = 16;

/** Bytes of fields; real ones have some hundreds. */
const MOST_FIELDS = 16 * 1024;

/** Bytes of a body: the limit of the specification. */
const MOST_BODY = 2 ** 27;

const TYPES: readonly (Header['type'] | undefined)[] = [undefined, 'call', 'return', 'error', 'signal'];

export class Messages {
  #kept: Buffer = Buffer.alloc(0);
  /** Bytes of a body that are still to come. */
  #toSkip = 0;

  /**
   * The headers that are complete with this piece.
   * @throws Error when it is no D-Bus message; nothing that follows can be understood then
   */
  push(piece: Buffer): Header[] {
    let rest = this.#kept.length === 0 ? piece : Buffer.concat([this.#kept, piece]);
    const headers: Header[] = [];
    for (;;) {
      const skipped = Math.min(this.#toSkip, rest.length);
      this.#toSkip -= skipped;
      rest = rest.subarray(skipped);
      const sizes = rest.length < PREFIX ? undefined : sizesOf(rest);
      if (this.#toSkip > 0 || sizes === undefined || rest.length < sizes.header) break;
      headers.push(...headerOf(rest.subarray(0, sizes.header), sizes));
      rest = rest.subarray(sizes.header);
      this.#toSkip = sizes.body;
    }
    // A copy: what it is a part of may be large.
    this.#kept = Buffer.from(rest);
    return headers;
  }
}

interface Sizes {
  readonly isLittle: boolean;
  readonly fields: number;
  /** With the padding that ends it. */
  readonly header: number;
  readonly body: number;
}

function sizesOf(bytes: Buffer): Sizes {
  const isLittle = bytes[0] === 0x6c;
  if (!isLittle && bytes[0] !== 0x42) throw new Error('read a message of the bus: found no byte order');
  if (bytes[3] !== 1) throw new Error(`read a message of the bus: found version ${bytes[3]}`);
  const at = (offset: number) => (isLittle ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
  const [body, fields] = [at(4), at(12)];
  if (fields > MOST_FIELDS || body > MOST_BODY)
    throw new Error(`read a message of the bus: found ${fields} bytes of header and ${body} of body`);
  return { isLittle, fields, header: Math.ceil((PREFIX + fields) / 8) * 8, body };
}

/** None for a type that is not known: the specification has it ignored. */
function headerOf(bytes: Buffer, { isLittle, fields }: Sizes): Header[] {
  const type = TYPES[bytes[1] ?? 0];
  if (type === undefined) return [];
  const found: Fields = readFields(bytes.subarray(0, PREFIX + fields), PREFIX, isLittle);
  return [{ type, path: found.get(1), interface: found.get(2), member: found.get(3) }];
}
