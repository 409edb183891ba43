/** The fields of a message's header: an array of (byte, variant), each at a multiple of eight. */

/** Text fields by their code: 1 is the path, 2 the interface, 3 the member. */
export type Fields = ReadonlyMap<number, string>;

/**
 * As far as they can be understood: a variant of a type that headers do not have ends it.
 * @param bytes the message up to the end of its fields, from its beginning, since that is what alignment counts from
 */
export function readFields(bytes: Buffer, start: number, isLittle: boolean): Fields {
  const fields = new Map<number, string>();
  let at = start;
  while (at < bytes.length) {
    const field = readField(bytes, align(at, 8), isLittle);
    if (field === undefined) break;
    if (field.text !== undefined) fields.set(field.code, field.text);
    at = field.end;
  }
  return fields;
}

interface Field {
  readonly code: number;
  readonly text: string | undefined;
  readonly end: number;
}

function readField(bytes: Buffer, at: number, isLittle: boolean): Field | undefined {
  const [code, signatureLength, type, nul] = bytes.subarray(at, at + 4);
  if (code === undefined || signatureLength !== 1 || type === undefined || nul !== 0) return undefined;
  const value = readValue(bytes, at + 4, String.fromCharCode(type), isLittle);
  return value && { code, ...value };
}

/** The types that fields of headers have: texts with a length of four bytes or of one, and numbers. */
function readValue(
  bytes: Buffer,
  at: number,
  type: string,
  isLittle: boolean,
): Omit<Field, 'code'> | undefined {
  const [size, start] = type === 'g' ? [1, at] : [4, align(at, 4)];
  if (!['s', 'o', 'g', 'u'].includes(type) || start + size > bytes.length) return undefined;
  const number = isLittle ? bytes.readUIntLE(start, size) : bytes.readUIntBE(start, size);
  if (type === 'u') return { text: undefined, end: start + size };
  const [from, to] = [start + size, start + size + number];
  if (to + 1 > bytes.length || bytes[to] !== 0) return undefined;
  return { text: bytes.toString('utf8', from, to), end: to + 1 };
}

function align(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}
