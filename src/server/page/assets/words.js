/** From what the agent says to what a person reads: pure, and the same words as on the command line. */

/** Control characters, and those that change the direction or the line of what follows: shown, never obeyed. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

export function printable(value) {
  return String(value ?? '').replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code, digits) {
  return code.toString(16).padStart(digits, '0');
}

/** How somebody stands, in the order in which they need somebody. */
export const STATES = ['Stalled', 'Retrying', 'Unknown', 'New', 'Ready'];

/** What each state means, for whoever asks. */
export const MEANINGS = {
  Stalled: 'somebody must change something',
  Retrying: 'the next try may come through',
  Unknown: 'not known',
  New: 'no pass has come through yet',
  Ready: 'everything is as declared',
};

/** One of STATES, and why: both from the conditions, as kstatus reads them. */
export function verdictOf(user) {
  const ready = conditionOf(user, 'Ready');
  if (ready === undefined) return { state: 'New', reason: '', message: '' };
  if (ready.status === 'True') return { state: 'Ready', reason: '', message: notesOf(user) };
  const isStalled = conditionOf(user, 'Stalled')?.status === 'True';
  const state = ready.status === 'Unknown' ? 'Unknown' : isStalled ? 'Stalled' : 'Retrying';
  return { state, reason: ready.reason, message: ready.message, since: ready.lastTransitionTime };
}

export function conditionsOf(object) {
  return object?.status?.conditions ?? [];
}

export function conditionOf(object, type) {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** What somebody should know of a person though nothing is wrong. */
function notesOf(user) {
  const noted = conditionsOf(user).filter(({ reason }) => reason === 'ReadyWithNotes');
  return noted.map(({ message }) => message).join('; ');
}

/** What the filter looks through. */
export function searchable(view) {
  const { metadata, spec, status } = view.user;
  const { state, reason, message } = verdictOf(view.user);
  const ports = Object.entries(status?.ports ?? {}).flat();
  return [metadata.name, status?.osUser, spec?.tier, spec?.authentikUser, state, reason, message, ...ports]
    .join(' ')
    .toLowerCase();
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Two or three figures, ever coarser, as kubectl prints ages. */
const STEPS = [
  { below: 2 * MINUTE, unit: 's', size: 1 },
  { below: 10 * MINUTE, unit: 'm', size: MINUTE, rest: 's', restSize: 1 },
  { below: 3 * HOUR, unit: 'm', size: MINUTE },
  { below: 8 * HOUR, unit: 'h', size: HOUR, rest: 'm', restSize: MINUTE },
  { below: 2 * DAY, unit: 'h', size: HOUR },
  { below: 8 * DAY, unit: 'd', size: DAY, rest: 'h', restSize: HOUR },
  { below: Infinity, unit: 'd', size: DAY },
];

/** `45s`, `5m12s`, `3h`, `2d4h`. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.trunc(milliseconds / 1000));
  const { unit, size, rest, restSize } = STEPS.find(({ below }) => seconds < below);
  const left = rest === undefined ? 0 : Math.floor((seconds % size) / restSize);
  return `${Math.floor(seconds / size)}${unit}${left === 0 ? '' : `${left}${rest}`}`;
}

/** How far a time is from now: `5m12s ago`, `in 40s`, `now`; empty where it is no time. */
export function distance(timestamp, now) {
  const then = Date.parse(timestamp ?? '');
  if (Number.isNaN(then)) return '';
  if (Math.abs(then - now) < 1000) return 'now';
  return then < now ? `${duration(now - then)} ago` : `in ${duration(then - now)}`;
}

/** `1 person`, `3 people`. */
export function people(count) {
  return count === 1 ? '1 person' : `${count} people`;
}
