import { execFileSync } from 'node:child_process';
import { serverProgram } from './build.ts';

export type Verdict = 'Current' | 'InProgress' | 'Failed' | 'Terminating';

/** How the real kstatus library judges an object. */
export function judge(object: unknown): Verdict {
  const output = execFileSync(serverProgram('kstatus'), { input: JSON.stringify(object), encoding: 'utf8' });
  return (JSON.parse(output) as { status: Verdict }).status;
}
