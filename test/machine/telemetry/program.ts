/**
 * A service that says things: started by systemd in a test machine. SIGHUP reloads, SIGTERM stops, SIGUSR2 hangs for
 * ever, SIGWINCH is logged.
 */
import { SYSTEMD_NOTIFY } from '../../../src/host/programs/names.ts';
import { openTelemetry } from '../../../src/telemetry/open.ts';

const same = (text: string) => text;
const telemetry = openTelemetry(
  {
    env: process.env,
    stderr: process.stderr,
    paint: { faint: same, strong: same, warning: same, error: same },
    systemdNotify: SYSTEMD_NOTIFY,
  },
  'info',
);
const { logger, manager } = telemetry;
process.on('SIGHUP', () => {
  manager.reloading();
  manager.ready('reloaded');
});
process.on('SIGUSR2', () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
process.on('SIGTERM', () => {
  manager.stopping('stopping');
  logger.log('info', 'said last');
  telemetry.close();
  process.exit(0);
});
logger.with({ user: 'emo' }).log('warning', 'clone ~/code: no\nanswer', { action: 'clone', osUser: 'emo' });
logger.log('debug', 'not grave enough');
manager.ready('2 of 3 ready');
manager.status('3 of 3 ready');
process.on('SIGWINCH', () => logger.log('info', 'heard'));
setInterval(() => undefined, 60_000);
