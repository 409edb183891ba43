import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Decoder, encode } from './protocol.ts';
import type { Request, Response } from './protocol.ts';

/** Milliseconds for a killed process to be gone; one stuck in the kernel is left behind, unable to do anything more. */
const PATIENCE = 2000;

/**
 * From source this module stands beside the process's; the build puts everything that `main` needs into one directory and
 * the process's module where it stands in the source.
 */
const MODULE = import.meta.url.endsWith('.ts') ? './child.ts' : './host/home/child.js';

/** Few threads, since each must take part in every change of user; no debugger on SIGUSR1. */
const NODE_OPTIONS = ['--v8-pool-size=1', '--disable-sigusr1', '--max-old-space-size=512'];

export interface HelperEvents {
  readonly onResponse: (response: Response) => void;
  /** Part of a response came. */
  readonly onProgress: () => void;
  /** Comes once, after all responses; `reason` ends a sentence about what was asked. */
  readonly onEnd: (reason: string) => void;
}

/** One life of the helper process. */
export class HelperProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #events: HelperEvents;
  #isEnded = false;
  #killedBecause: string | undefined;

  /** `root` is where the machine's `/` is. */
  constructor(root: string, events: HelperEvents) {
    this.#events = events;
    const module = fileURLToPath(new URL(MODULE, import.meta.url));
    this.#child = spawn(process.execPath, [...NODE_OPTIONS, module, resolve(root)], {
      cwd: '/',
      env: { UV_USE_IO_URING: '0' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const responses = new Decoder<Response>();
    this.#child.stdout.on('data', (piece: Buffer) => {
      events.onProgress();
      for (const response of responses.push(piece)) events.onResponse(response);
    });
    // What could not be written is answered for when the process has ended.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(`could not be started: ${error.message}`));
    this.#child.on('close', (code, signal) => this.#end(`ended with ${signal ?? `status ${code}`}`));
  }

  send(request: Request): void {
    this.#child.stdin.write(encode(request));
  }

  /** Ends it when it has answered everything. */
  finish(): void {
    this.#child.stdin.end();
  }

  kill(reason: string): void {
    this.#killedBecause = reason;
    this.#child.kill('SIGKILL');
    setTimeout(() => {
      this.#child.stdin.destroy();
      this.#child.stdout.destroy();
      this.#child.unref();
      this.#end(reason);
    }, PATIENCE).unref();
  }

  #end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#events.onEnd(this.#killedBecause ?? reason);
  }
}
