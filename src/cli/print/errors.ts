/** From whatever was thrown to the one line that standard error gets. */
import { getSystemErrorMessage } from 'node:util';
import { escapeControls } from '../../api/text/show.ts';

/** What the language itself throws: a fault of the program. Whatever we throw on purpose says what is wrong. */
const FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** One printable line ended by a newline; with `debug`, the stack of an internal error stands below it. */
export function errorLine(error: unknown, { debug }: { readonly debug: boolean }): string {
  const expected = expectedMessage(error);
  if (expected !== undefined) return `workstation: ${escapeControls(expected)}\n`;
  const message = escapeControls(error instanceof Error ? error.message : String(error));
  if (!debug) return `workstation: internal error: ${message} (run with --debug for the stack)\n`;
  return `workstation: internal error: ${message}\n${stackOf(error)}`;
}

function expectedMessage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return systemMessage(error) ?? (FAULTS.some((kind) => error instanceof kind) ? undefined : error.message);
}

/** A failed system call in Node's errors: what was attempted on what, and what the system answered. */
function systemMessage(error: NodeJS.ErrnoException): string | undefined {
  const { errno, code, syscall, path } = error;
  if (errno === undefined || syscall === undefined) return undefined;
  const attempt = path === undefined ? syscall : `${syscall} ${path}`;
  return `${attempt}: ${getSystemErrorMessage(errno)} (${code})`;
}

/** The calls, down to the first cause. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const calls = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause === undefined ? '' : causeOf(error.cause);
  return calls.map((line) => `${escapeControls(line)}\n`).join('') + cause;
}

function causeOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return `caused by: ${escapeControls(message)}\n${stackOf(cause)}`;
}
