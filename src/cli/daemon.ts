/** What the commands that keep running share: what they say and where, how they are told to stop, how times are given. */
import { Duration } from '../api/primitives.ts';
import { SYSTEMD_NOTIFY } from '../host/programs/names.ts';
import { milliseconds } from '../sections/common.ts';
import type { Level } from '../telemetry/logger.ts';
import { openTelemetry, type Telemetry } from '../telemetry/open.ts';
import type { Io } from './io.ts';
import { chooseStyle } from './print/style.ts';

export function telemetryFor(io: Io, threshold: Level): Telemetry {
  const style = chooseStyle(io.isTerminal, io.env);
  return openTelemetry(
    {
      env: io.env,
      stderr: process.stderr,
      systemdNotify: SYSTEMD_NOTIFY,
      paint: {
        faint: (text) => style.faint(text),
        strong: (text) => style.strong(text),
        warning: (text) => style.warning(text),
        error: (text) => style.removed(text),
      },
    },
    threshold,
  );
}

/** Until the returned function is called, the signals that end a program only stop it. */
export function onSignals(stop: AbortController): () => void {
  const interrupt = (signal: NodeJS.Signals) => stop.abort(new Error(`ended by ${signal}`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  };
}

/** Milliseconds. @throws Error with a sentence for a text that is none */
export function durationOf(option: string, text: string): number {
  if (!Duration.safeParse(text).success)
    throw new Error(`read ${option}: found ${text}, give a duration such as 30s or 10m`);
  return milliseconds(text);
}
