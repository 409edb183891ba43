import { readFileSync } from 'node:fs';

/** The text of a file in expected/, which a person has read and found right. */
export function expected(name: string): string {
  return readFileSync(new URL(`expected/${name}`, import.meta.url), 'utf8');
}
