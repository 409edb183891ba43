/** What of an action may be shown. Printers see actions only after this. */
import type { Action, Before, CloneSpec, Upstream } from '../../sections/action.ts';

/** Stands for a secret, whatever its size. */
export const REDACTED = '<redacted>';

/** The action without the content of sensitive files, the values of variables and passwords in URLs. */
export function redactAction(action: Action): Action {
  switch (action.kind) {
    case 'write-file':
    case 'write-system-file':
      return action.sensitive
        ? { ...action, content: REDACTED, before: redactBefore(action.before) }
        : action;
    case 'clone':
    case 'finish-clone':
    case 'hoist-clone':
      return { ...action, clone: redactClone(action.clone) };
    case 'set-upstream':
      return { ...action, upstream: redactUpstream(action.upstream) };
    case 'run-command':
      return { ...action, env: mapValues(action.env) };
    default:
      return action;
  }
}

/** Hides the password of a URL, and over HTTP also a lone user name, which is how tokens are passed there. */
export function redactUrl(url: string): string {
  return url
    .replace(/^(https?:\/\/)[^/?#]*@/i, `$1${REDACTED}@`)
    .replace(/^([a-z]+:\/\/[^/?#:@]*):[^/?#]*@/i, `$1:${REDACTED}@`);
}

function redactBefore(before: Before): Before {
  return before.kind === 'text' ? { kind: 'text', text: REDACTED } : before;
}

function redactClone({ upstream, ...clone }: CloneSpec): CloneSpec {
  return {
    ...clone,
    url: redactUrl(clone.url),
    ...(upstream === undefined ? {} : { upstream: redactUpstream(upstream) }),
  };
}

function redactUpstream(upstream: Upstream): Upstream {
  return { ...upstream, url: redactUrl(upstream.url) };
}

function mapValues(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, REDACTED]));
}
