/**
 * The one command that checks everything: what is quick first, then what needs real machines and servers.
 * `--quick` stops after the quick part. Ends with one line of totals; exits 1 when anything failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Much of the time is waiting, for services, deadlines and watches: some more than there are processors share them well. */
const WORKERS = Math.ceil(1.5 * availableParallelism());

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const isQuick = process.argv.includes('--quick');
const reports = mkdtempSync(join(tmpdir(), 'workstation-test-'));

await Promise.all([
  check('format', ['prettier', '--check', '--log-level', 'warn', '--cache', '.']),
  check('lint and walls', ['oxlint', '--type-aware', '--deny-warnings']),
  check('types', ['tsc', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tsbuildinfo.json']),
  check('build', ['node', 'build.ts']).then(() => suite('unit')),
]);
if (!isQuick) {
  await check('what the other tests need', ['node', 'test/prepare.ts']);
  await suite('slow', 'machine', 'servers', 'cluster');
}
rmSync(reports, { recursive: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

/** Several may run at once: what one prints is shown when it ends. */
async function check(name: string, [program = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(join(bin, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await once(child, 'close')) as [number | null];
  console.log(`--- ${name}\n${(await output).join('')}`.trimEnd());
  if (status === 0) totals.passed += 1;
  else totals.failed += 1;
}

async function suite(...projects: readonly string[]): Promise<void> {
  console.log(`--- ${projects.join(', ')} tests`);
  const report = join(reports, `${projects.join('-')}.json`);
  const child = spawn(
    join(bin, 'jest'),
    ['--selectProjects', ...projects, '--json', '--outputFile', report, '--maxWorkers', `${WORKERS}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      },
    },
  );
  const [status] = (await once(child, 'close')) as [number | null];
  const result = read(report);
  totals.passed += result.passed;
  totals.skipped += result.skipped;
  totals.failed += result.failed;
  if (status !== 0 && result.failed === 0) totals.failed += 1;
}

/** Tests, and test files that could not be run at all. */
function read(report: string): Totals {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    return {
      passed: result.numPassedTests ?? 0,
      failed: (result.numFailedTests ?? 0) + (result.numRuntimeErrorTestSuites ?? 0),
      skipped: (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
