/**
 * The one command that checks everything: what is quick first, then what needs real machines and servers.
 * `--quick` stops after the quick part. Ends with one line of totals; exits 1 when anything failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const isQuick = process.argv.includes('--quick');
const reports = mkdtempSync(join(tmpdir(), 'workstation-test-'));

check('format', ['prettier', '--check', '--log-level', 'warn', '.']);
check('lint and walls', ['oxlint', '--type-aware', '--deny-warnings']);
check('types', ['tsc']);
check('build', ['node', 'build.ts']);
suite('unit');
if (!isQuick) {
  check('what the other tests need', ['node', 'test/prepare.ts']);
  suite('machine');
  suite('servers');
}
rmSync(reports, { recursive: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

function check(name: string, [program = '', ...args]: readonly string[]): void {
  console.log(`--- ${name}`);
  const { status } = spawnSync(join(bin, program), args, { stdio: 'inherit' });
  if (status === 0) totals.passed += 1;
  else totals.failed += 1;
}

function suite(project: string): void {
  console.log(`--- ${project} tests`);
  const report = join(reports, `${project}.json`);
  const { status } = spawnSync(
    join(bin, 'jest'),
    [
      '--selectProjects',
      project,
      '--json',
      '--outputFile',
      report,
      ...(project === 'unit' ? [] : ['--runInBand']),
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      },
    },
  );
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
