/**
 * The helper process that works in users' homes: one request after the other, synchronously, each with the rights of the
 * user it is for. Its one argument is where the machine's `/` is. It ends with its standard input, and so with the
 * program that started it; signals for the whole group are that program's to answer.
 */
import { readSync, writeSync } from 'node:fs';
import { openRoot, standAmongDescriptors } from '../files/calls.ts';
import { Contents } from '../files/read.ts';
import { Decoder, encode } from './protocol.ts';
import type { Request, Response } from './protocol.ts';
import { serve } from './serve.ts';

const STDIN = 0;
const STDOUT = 1;

// Modes are given with each request.
process.umask(0);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);

const root = { fd: openRoot(process.argv[2] ?? '/'), path: '/' };
standAmongDescriptors();
const contents = new Contents();
const requests = new Decoder<Request>();

send({ kind: 'ready' });
for (let piece = receive(); piece.length > 0; piece = receive()) {
  for (const request of requests.push(piece)) send(serve(root, contents, request));
}
process.exit(0);

function receive(): Buffer {
  const buffer = Buffer.allocUnsafe(65_536);
  return buffer.subarray(0, readSync(STDIN, buffer));
}

function send(response: Response): void {
  const frame = encode(response);
  for (let sent = 0; sent < frame.length;) sent += writeSync(STDOUT, frame, sent);
}
