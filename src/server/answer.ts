/** Answers: their headers, and JSON. */
import type { ServerResponse } from 'node:http';
import { PAGE_POLICY } from './page/index.ts';
import type { Refusal } from './refusal.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Nothing is kept, guessed, framed, or taken from or given to another site. A page may use what this server itself has,
 * and no script or style that stands in the page.
 */
const PROTECTION: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export function protect(response: ServerResponse): void {
  for (const [name, value] of Object.entries(PROTECTION)) response.setHeader(name, value);
}

export function answer(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, status, JSON_TYPE, `${JSON.stringify(value)}\n`);
}

export function answerRefusal(response: ServerResponse, { status, message, headers }: Refusal): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  answerJson(response, status, { error: message });
}
