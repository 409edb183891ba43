/**
 * The status page: how everybody stands, live, in a browser. It only reads; nothing in it comes from elsewhere, and what the
 * machine says is shown as text and never as markup.
 *
 * The page asks its own server for `v1/stream`, a stream of server-sent events: each message is a whole StatusView. An
 * event `ping` says that nothing has changed; once a stream has sent one, a minute without any counts as a broken stream.
 */
import { readFileSync } from 'node:fs';

export interface Asset {
  /** As a request names it, from the root of the server. */
  readonly path: string;
  /** A media type, with its charset. */
  readonly contentType: string;
  readonly body: string;
}

/** The Content-Security-Policy under which the page works: whatever is injected neither runs nor reaches anybody. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NAMES = [
  'index.html',
  'page.css',
  'page.js',
  'details.js',
  'dom.js',
  'notices.js',
  'stream.js',
  'table.js',
  'words.js',
  'icon.svg',
] as const;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The build puts the files where they stand in the source, and everything that `main` needs into one directory. */
const DIRECTORY = import.meta.url.endsWith('.ts') ? './assets/' : './server/page/assets/';

/** Every file of the page; the first one is the page itself. */
export function page(): readonly Asset[] {
  return NAMES.map((name) => ({
    path: name === 'index.html' ? '/' : `/${name}`,
    contentType: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    body: readFileSync(new URL(DIRECTORY + name, import.meta.url), 'utf8'),
  }));
}
