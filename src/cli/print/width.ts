/** How many cells of a terminal a text takes: kept apart from its length, which names in other scripts do not have. */

/** Takes two cells: emoji, and the wide ranges of Markus Kuhn's wcwidth (https://www.cl.cam.ac.uk/~mgk25/ucs/wcwidth.c). */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}])/u;
const ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Cells of a printable text, which holds no control characters. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return partsOf(text).reduce((sum, part) => sum + cellsOf(part), 0);
}

/** Filled with spaces up to a width. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cut to at most `width` cells (at least 1); what was cut ends in an ellipsis. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cells = 0;
  const kept = partsOf(text).filter((part) => {
    cells += cellsOf(part);
    return cells < width;
  });
  return `${kept.join('')}…`;
}

function partsOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function cellsOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}
