import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what is slow to make and safe to keep lives: server programs, base layers. `WORKSTATION_TEST_CACHE` moves it. */
export function cacheDirectory(...below: string[]): string {
  const root = process.env['WORKSTATION_TEST_CACHE'] ?? join(homedir(), '.cache', 'workstation-test');
  const directory = join(root, ...below);
  mkdirSync(directory, { recursive: true });
  return directory;
}
