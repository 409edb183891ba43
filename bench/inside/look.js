/**
 * Runs on a machine: looks at what a pass looks at, trusts what it finds, and thinks nothing of it. No program that looks
 * can be much faster. JavaScript, so that nothing is to be translated.
 *
 *     look.js FILE    the output of paths.ts
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';

const { probes, units } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const { path, read } of probes) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (read === 'text' && found?.isFile()) readFileSync(path, 'utf8');
  if (read === 'list' && found?.isDirectory()) readdirSync(path);
}
if (existsSync('/run/systemd/system')) {
  const patterns = new Set(units.map((unit) => unit.replace(/@.*\./, '@*.')));
  execFileSync('systemctl', ['list-units', '--all', '--output=json', '--', ...patterns]);
}
