/** What can be asked, and by whom. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asker } from './asker.ts';
import { Refusal } from './refusal.ts';

export interface Call {
  readonly asker: Asker;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The last part of the path, where the route ends in `/*`. */
  readonly rest: string;
}

export interface Route {
  /** GET answers HEAD too; what has no end is not begun for it. */
  readonly method: 'GET' | 'POST';
  /** As `/v1/status`; a `/*` at the end stands for one more part, which is not empty. */
  readonly path: string;
  readonly to: readonly Asker['kind'][];
  /** Answers, or throws a Refusal. */
  handle(call: Call): void | Promise<void>;
}

/** @throws Refusal when there is nothing of that name, or not in that way, or not for this asker */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
  asker: Asker,
): { readonly route: Route; readonly rest: string } {
  const found = routes.flatMap((route) => {
    const rest = restOf(route.path, path);
    return rest === undefined ? [] : [{ route, rest }];
  });
  if (found.length === 0) throw new Refusal(404, `ask for ${path}: there is nothing of that name here`);
  const open = found.filter(({ route }) => route.to.includes(asker.kind));
  if (open.length === 0) {
    throw new Refusal(403, `ask for ${path}: this way in does not lead to it, ask as root`);
  }
  const matching = open.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
  if (matching !== undefined) return matching;
  const allowed = open.map(({ route }) => route.method).join(', ');
  throw new Refusal(405, `ask for ${path}: ${method} is not answered, use ${allowed}`, { Allow: allowed });
}

function restOf(pattern: string, path: string): string | undefined {
  if (!pattern.endsWith('/*')) return pattern === path ? '' : undefined;
  const prefix = pattern.slice(0, -1);
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  return rest === '' || rest.includes('/') ? undefined : decoded(rest);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
