/** What a request says in its body: a JSON object with a few strings. */
import type { IncomingMessage } from 'node:http';
import { isMapping, parseJson } from '../api/text/json.ts';
import { describe, quote } from '../api/text/show.ts';
import { Refusal } from './refusal.ts';

/** Bytes: a name or two. */
const LARGEST = 4096;

/**
 * The member `name` of the body, when it has one.
 * @throws Refusal when the body is no JSON object, has another member, or something else than a text there
 */
export async function readText(request: IncomingMessage, name: string): Promise<string | undefined> {
  const body = parseJson(await read(request));
  if (!isMapping(body)) throw bad('it must be a JSON object');
  const other = Object.keys(body).find((key) => key !== name);
  if (other !== undefined) throw bad(`found ${quote(other)}, which is not known here`);
  const value = body[name];
  if (value !== undefined && typeof value !== 'string') {
    throw bad(`found ${describe(value)} as ${name}, must be a text`);
  }
  return value;
}

/** @throws Refusal when the body is anything but an empty JSON object */
export async function readNothing(request: IncomingMessage): Promise<void> {
  const body = parseJson(await read(request));
  if (!isMapping(body) || Object.keys(body).length > 0) throw bad('it must be {}');
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw new Refusal(413, `read the request: its body is larger than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function bad(found: string): Refusal {
  return new Refusal(400, `read the request: ${found}`);
}
