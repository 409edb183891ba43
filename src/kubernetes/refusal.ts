/** What an API server says when it does not do what it was asked, as an error with a sentence. */
import { ApiError } from './api.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly name?: string; readonly retryAfterSeconds?: number };
}

/** A Status that came as an answer, or as the ERROR of a watch. */
export function refusalOf(
  attempt: string,
  status: Status,
  answer: { status: number; retryAfter?: string | undefined },
) {
  const reason = status.reason ?? '';
  const found = status.message === undefined ? 'and did not say why' : oneLine(status.message);
  const facts = { status: answer.status, reason, retryAfter: retryAfterOf(status, answer.retryAfter) };
  return new ApiError(
    `${attempt}: the API server answered ${answer.status}, ${found}: ${remedyOf(answer.status)}`,
    facts,
  );
}

/** A request without a whole answer. */
export function unanswered(attempt: string, server: string, found: string, cause?: unknown): ApiError {
  const message = `${attempt}: reach ${server}: ${found}: check the address, and that the API server runs`;
  return new ApiError(message, { status: 0, cause });
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'no such host is known',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

/** As the middle of a sentence. */
export function whyNot(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return CODES[code] ?? oneLine(message);
}

export function statusOf(text: string): Status {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'Status'
      ? (parsed as Status)
      : {};
  } catch {
    // What stands before an API server answers in plain text, and so does the server where nothing is.
    return text.trim() === '' ? {} : { message: text };
  }
}

const LONGEST = 1000;

/** Text of a stranger as one line without control characters. */
export function oneLine(text: string): string {
  const line = text
    .replaceAll(/[\x00-\x20\x7f-\x9f\u2028\u2029]+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Milliseconds. The header may also hold a date, which no API server sends. */
function retryAfterOf({ details }: Status, header: string | undefined): number | undefined {
  const seconds = header !== undefined && /^\d+$/.test(header) ? Number(header) : details?.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

function remedyOf(status: number): string {
  if (status === 401) return 'renew the credentials';
  if (status === 403) return 'give this identity the right';
  if (status === 404) return 'check that it is there, and that its resource definition is installed';
  if (status === 409) return 'read it again and try once more';
  if (status === 410) return 'list again';
  if (status === 429) return 'try again later';
  return status >= 500 ? 'look at its log' : 'correct what was sent';
}
