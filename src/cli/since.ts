/** How far back somebody wants to see. */
import { Duration } from '../api/primitives.ts';
import { milliseconds } from '../sections/common.ts';

/** @throws Error with a sentence for anything but a duration or an RFC 3339 time */
export function timeOf(text: string, now: Date): Date {
  if (Duration.safeParse(text).success) return new Date(now.getTime() - milliseconds(text));
  const isTime = /^\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text);
  const time = new Date(text);
  if (isTime && !Number.isNaN(time.getTime())) return time;
  throw new Error(
    `read --since: found ${JSON.stringify(text)}, give a duration such as 2h or a time such as 2026-03-10T12:00:00Z`,
  );
}
