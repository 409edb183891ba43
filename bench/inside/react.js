/**
 * Runs on a machine: what reacts to an edit as fast as can be, and decides nothing. It runs the tool for each name that is
 * new in a roster, and writes a file back when it is another one. Prints a line of JSON for each: {subject, began, ended}, in
 * milliseconds since 1970. JavaScript, so that nothing is to be translated.
 *
 *     react.js ROSTER FILE
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

const [, , roster, file] = process.argv;
const content = readFileSync(file, 'utf8');
const known = new Set(names());
const now = () => performance.timeOrigin + performance.now();

watch(dirname(roster), (_event, name) => name === basename(roster) && onboard());
watch(dirname(file), (_event, name) => name === basename(file) && repair());
process.stdout.write('{}\n');

function onboard() {
  for (const name of names().filter((name) => !known.has(name))) {
    known.add(name);
    const began = now();
    const options = ['--create-home', '--key', 'HOME_MODE=0700', '--shell', '/bin/zsh'];
    execFileSync('useradd', [...options, '--groups', 'docker,sudo', name], { stdio: 'ignore' });
    tell(name, began);
  }
}

function repair() {
  const began = now();
  if (readFileSync(file, 'utf8') === content) return;
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
  tell(file, began);
}

function names() {
  return [...readFileSync(roster, 'utf8').matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
}

function tell(subject, began) {
  process.stdout.write(`${JSON.stringify({ subject, began, ended: now() })}\n`);
}
