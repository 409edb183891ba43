/**
 * What a long-running command says, and where: chosen once, from what it was started with.
 *
 * - At a terminal, in a file or in a container's log: readable lines on standard error.
 * - With standard error going to the journal: entries with fields, `journalctl WORKSTATION_USER=ada`. What the journal
 *   does not take goes to standard error as a line, so nothing is lost in silence.
 * - Under systemd: state, status text and watchdog by sd_notify(3).
 *
 * Imports nothing of the program but `api`: every other room may write to a log.
 */
import { spawnSync } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { Datagrams, inheritedSocket } from './datagrams.ts';
import { journalSink } from './journal.ts';
import { forFile, forJournalStream, forTerminal, type Format, type Paint } from './lines.ts';
import { createLogger, type Sink } from './log.ts';
import type { Level, Logger } from './logger.ts';
import { feedWatchdog, ServiceManager, watchdogLimit, type Notify } from './servicemanager.ts';
import { realTimer } from './timer.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'on' | 'write'>;
  /** For lines on a terminal. */
  readonly paint: Paint;
  /** The path of systemd-notify(1), for a program that was started without a socket to systemd. */
  readonly systemdNotify: string;
}

export interface Telemetry {
  readonly logger: Logger;
  readonly manager: ServiceManager;
  /** Ends the watchdog's timer, and delivers what waits for the journal. */
  close(): void;
}

/** @param threshold what is less grave is not logged */
export function openTelemetry(surroundings: Surroundings, threshold: Level): Telemetry {
  const { env } = surroundings;
  const isJournal = leadsToJournal(env.JOURNAL_STREAM);
  const lines = linesTo(surroundings, isJournal);
  const journal = isJournal ? datagrams(env.WORKSTATION_JOURNAL_FD) : undefined;
  const sink = journal === undefined ? lines : journalSink(journal, lines);
  const logger = createLogger({ sink, threshold, now: () => new Date() });
  if (isJournal && journal === undefined) logger.log('warning', NO_FIELDS);
  const { manager, close } = manage(surroundings, logger);
  return {
    logger,
    manager,
    close: () => {
      close();
      journal?.close();
    },
  };
}

const NOT_OPENED =
  'its socket was not opened before Node was started: install perl and start bin/workstation';
const NO_FIELDS = `write to the journal: ${NOT_OPENED}; entries have no fields until then`;
const NO_WATCHDOG = `speak to systemd: ${NOT_OPENED}; systemd-notify is run instead, and no watchdog is fed until then`;

function datagrams(descriptor: string | undefined): Datagrams | undefined {
  const fd = inheritedSocket(descriptor);
  return fd === undefined ? undefined : new Datagrams(fd);
}

/** systemd.exec(5): the device and inode of the stream that it has connected to the journal. */
function leadsToJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}

function linesTo({ stderr, paint }: Surroundings, isJournal: boolean): Sink {
  const format: Format = isJournal ? forJournalStream : stderr.isTTY ? forTerminal(paint) : forFile;
  // Where nobody reads any more there is nobody to tell.
  stderr.on('error', () => undefined);
  return (entry) => void stderr.write(`${format(entry)}\n`);
}

function manage({ env, systemdNotify }: Surroundings, logger: Logger) {
  const { NOTIFY_SOCKET, WORKSTATION_NOTIFY_FD } = env;
  const nothing = (): void => undefined;
  if (!NOTIFY_SOCKET) return { manager: new ServiceManager(nothing), close: nothing };
  const limit = watchdogLimit(env, process.pid);
  const socket = datagrams(WORKSTATION_NOTIFY_FD);
  if (socket !== undefined) {
    const manager = new ServiceManager((lines) => socket.send(Buffer.from(lines.join('\n')), nothing));
    const stop = limit === undefined ? nothing : feedWatchdog(manager, limit, realTimer);
    return { manager, close: stop };
  }
  logger.log('warning', NO_WATCHDOG);
  const notify = runNotify(systemdNotify, NOTIFY_SOCKET);
  if (limit !== undefined) notify(['WATCHDOG_USEC=0']);
  return { manager: new ServiceManager(notify), close: nothing };
}

/** One after the other, since their order counts. systemd-notify speaks in the name of whoever started it. */
function runNotify(program: string, NOTIFY_SOCKET: string): Notify {
  return (lines) =>
    void spawnSync(program, lines, { env: { NOTIFY_SOCKET }, stdio: 'ignore', timeout: 5000 });
}
