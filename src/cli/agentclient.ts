/** Asks the agent that runs on this machine, through the socket that whoever asks may use. */
import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { StatusView, UserDetails, UserView, WatchEvent } from '../agent/view.ts';
import { isMapping, parseJson } from '../api/text/json.ts';
import { escapeControls } from '../api/text/show.ts';

/** Where the agent of this machine has its sockets. */
export const RUNTIME_DIRECTORY = '/run/workstation';

/** No agent answers whoever asks; what it last recorded may still be read where that is allowed. */
export class AgentUnavailable extends Error {}

/** Milliseconds without an answer; all that is asked for here is at hand. */
const PATIENCE = 10_000;

export class AgentClient {
  readonly #socketPath: string;
  readonly #explain: (code: string | undefined) => string;

  /** @param explain why it cannot be reached, as the end of a sentence, by the code of a failed system call */
  constructor(socketPath: string, explain: (code: string | undefined) => string) {
    this.#socketPath = socketPath;
    this.#explain = explain;
  }

  status(): Promise<StatusView> {
    return this.#ask<StatusView>('GET', '/v1/status');
  }

  /** Everybody whom the asker may know of, by name. */
  async users(): Promise<readonly UserView[]> {
    const { items } = await this.#ask<{ readonly items: readonly UserView[] }>('GET', '/v1/users');
    return items;
  }

  details(name: string): Promise<UserDetails> {
    return this.#ask<UserDetails>('GET', `/v1/users/${encodeURIComponent(name)}`);
  }

  /** Everybody as ADDED, then each change, until `signal` fires; @throws Error when the agent ends before that. */
  async *watch(signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const response = await this.#send('GET', '/v1/users?watch=1', undefined, signal);
    if (response.statusCode !== 200) throw await refusal(response);
    try {
      for await (const line of createInterface({ input: response })) yield JSON.parse(line) as WatchEvent;
    } catch (error) {
      if (!signal.aborted) throw ended(error);
    }
    if (!signal.aborted) throw ended();
  }

  /** Asks for a pass of one person, or everybody, and does not wait for it. */
  async reconcile(name?: string): Promise<void> {
    await this.#ask('POST', '/v1/reconcile', name === undefined ? {} : { name });
  }

  /** Lets the removals that are held go on; the OS users they concern. */
  async approve(): Promise<readonly string[]> {
    const { osUsers } = await this.#ask<{ readonly osUsers: readonly string[] }>('POST', '/v1/approve', {});
    return osUsers;
  }

  async release(osUser: string): Promise<void> {
    await this.#ask('POST', '/v1/release', { osUser });
  }

  /** @throws Error with a sentence when it is not so */
  async probe(what: 'livez' | 'readyz'): Promise<void> {
    const response = await this.#send('GET', `/${what}`, undefined, AbortSignal.timeout(PATIENCE));
    if (response.statusCode !== 200) throw await refusal(response);
    response.resume();
  }

  async #ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const response = await this.#send(method, path, body, AbortSignal.timeout(PATIENCE));
    if ((response.statusCode ?? 0) >= 300) throw await refusal(response);
    return parseJson(await text(response)) as T;
  }

  async #send(
    method: string,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers = content === undefined ? {} : { 'Content-Type': 'application/json' };
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        request({ socketPath: this.#socketPath, method, path, headers, agent: false, signal }, resolve)
          .on('error', reject)
          .end(content);
      });
    } catch (cause) {
      const found = signal.aborted
        ? `no answer within ${PATIENCE / 1000} s`
        : this.#explain((cause as NodeJS.ErrnoException).code);
      throw new AgentUnavailable(`ask the agent at ${this.#socketPath}: ${found}`, { cause });
    }
  }
}

/** The client for whoever runs this program: root asks about everybody, a person about themself. */
export function agentClient(directory = RUNTIME_DIRECTORY): AgentClient {
  const rootSocket = join(directory, 'agent.sock');
  if (process.geteuid?.() === 0) return new AgentClient(rootSocket, (code) => whyNot(code));
  const account = ownAccount();
  return new AgentClient(join(directory, 'people', `${account}.sock`), (code) =>
    code === 'ENOENT' && existsSync(rootSocket)
      ? `it knows nobody with the account ${account}, use sudo to ask about everybody`
      : whyNot(code),
  );
}

/** A uid without an account stands for itself. */
function ownAccount(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.());
  }
}

function whyNot(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return 'none runs, start it with systemctl start workstation-agent';
  }
  if (code === 'EACCES' || code === 'EPERM') return 'this socket is for somebody else, use sudo';
  return `the connection failed (${code ?? 'for no known reason'}), see systemctl status workstation-agent`;
}

/** Its own sentence, or what can be said without one. */
async function refusal(response: IncomingMessage): Promise<Error> {
  const answer = parseJson(await text(response));
  const said = isMapping(answer) && typeof answer.error === 'string' ? answer.error : undefined;
  return new Error(escapeControls(said ?? `ask the agent: it answered with status ${response.statusCode}`));
}

function ended(cause?: unknown): Error {
  return new Error('watch users: the agent has ended, or let go of a reader that stood still: ask again', {
    cause,
  });
}
