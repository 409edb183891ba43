/** Colour on a terminal, or none. Every printer takes a style and decides nothing of this itself. */
import { styleText } from 'node:util';

export interface Style {
  /** Headings. */
  strong(text: string): string;
  /** What stands beside the matter. */
  faint(text: string): string;
  added(text: string): string;
  removed(text: string): string;
  /** Where a diff is in its file. */
  place(text: string): string;
  /** What somebody must look at. */
  warning(text: string): string;
}

const same = (text: string): string => text;

export const PLAIN: Style = {
  strong: same,
  faint: same,
  added: same,
  removed: same,
  place: same,
  warning: same,
};

type Format = Parameters<typeof styleText>[0];

/** ANSI SGR sequences, each ended where the text ends. */
export const ANSI: Style = {
  strong: styled('bold'),
  faint: styled('dim'),
  added: styled('green'),
  removed: styled('red'),
  place: styled('cyan'),
  warning: styled('yellow'),
};

/**
 * FORCE_COLOR (https://force-color.org; 0 is off, as in Node) goes before NO_COLOR (https://no-color.org), that before
 * what the terminal is. Both count only when not empty.
 */
export function chooseStyle(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (FORCE_COLOR) return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? PLAIN : ANSI;
  return NO_COLOR || !isTerminal || TERM === 'dumb' ? PLAIN : ANSI;
}

function styled(format: Format): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false });
}
