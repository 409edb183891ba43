import { readFileSync } from 'node:fs';

/** @param path from the top of the project */
export function readText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
