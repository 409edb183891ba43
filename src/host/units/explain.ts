/** Why a unit is not running after its start. What the unit itself printed may hold secrets, so it is never shown. */

/** What `systemctl show` is asked for. Timers, sockets and others lack those of services. */
export const EXPLAINING = ['Type', 'Result', 'ExecMainCode', 'ExecMainStatus'];

/** Properties of a unit by name. */
export type Properties = ReadonlyMap<string, string>;

/** Exit codes that systemd itself gives before the program runs: systemd.exec(5), "Process Exit Codes". */
const BEFORE_THE_PROGRAM: Readonly<Record<string, string>> = {
  200: 'its working directory could not be entered (200/CHDIR)',
  203: 'its program could not be run (203/EXEC)',
  216: 'its group does not exist or could not be taken (216/GROUP)',
  217: 'its user does not exist or could not be taken (217/USER)',
  226: 'its file system namespace could not be set up (226/NAMESPACE)',
};

const RESULTS: Readonly<Record<string, string>> = {
  'core-dump': 'it crashed',
  'oom-kill': 'it ran out of memory',
  resources: 'what it needs to start is missing, for instance its environment file',
  'start-limit-hit': 'it failed too often in a short time',
  timeout: 'it did not start within its time limit',
  watchdog: 'it stopped answering',
};

/** SIGCHLD codes of waitid(2): the main process exited. */
const EXITED = '1';

/** For a unit that failed, or that systemd keeps restarting. */
export function whyFailed(unit: string, properties: Properties): string {
  const status = properties.get('ExecMainStatus') ?? '';
  const result = properties.get('Result') ?? 'unknown';
  return `start ${unit}: ${found()}: see journalctl --unit ${unit}`;

  function found(): string {
    if (result === 'exit-code' && properties.get('ExecMainCode') === EXITED && status !== '0') {
      return BEFORE_THE_PROGRAM[status] ?? `it exited with status ${status}`;
    }
    if (result === 'signal') return `it was ended by signal ${status}`;
    if (result === 'success') return 'it ended, and systemd starts it again';
    return RESULTS[result] ?? `it failed with the result ${result}`;
  }
}

/** Whether a unit that is inactive after its start has done its work. */
export function hasRun(properties: Properties): boolean {
  return properties.get('Type') === 'oneshot' && properties.get('Result') === 'success';
}

export function whyInactive(unit: string): string {
  return `start ${unit}: it is not active: it ended at once, or a condition or another unit that it needs is not met: see systemctl status ${unit}`;
}
