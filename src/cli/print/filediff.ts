/** What a file would become, as a unified diff with git's headers. */
import { structuredPatch } from 'diff';
import { escapeControls } from '../../api/text/show.ts';
import type { Before } from '../../sections/action.ts';
import { REDACTED } from './redact.ts';
import type { Style } from './style.ts';
import { cutTo } from './width.ts';

export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  readonly before: Before;
  readonly sensitive: boolean;
}

/** Lines of a diff after which it is cut, and cells of a line. */
const MOST_LINES = 60;
const MOST_CELLS = 200;
/** Changed lines after which comparing is given up: its time grows with their square. */
const MOST_EDITS = 2000;

/** Printable lines without newlines; none when only the mode changes, one word when the content is a secret. */
export function printFileChange({ path, content, before, sensitive }: FileChange, style: Style): string[] {
  if (sensitive) return [style.faint(REDACTED)];
  const name = escapeControls(path);
  const old = before.kind === 'text' ? before.text : '';
  if (before.kind === 'text' && old === content) return [];
  const headers = [`--- ${before.kind === 'text' ? `a${name}` : '/dev/null'}`, `+++ b${name}`].map((line) =>
    style.strong(line),
  );
  const lines = before.kind === 'text' ? changedLines(old, content) : newLines(content);
  if (lines === undefined) return [...headers, style.faint('... too different to be compared')];
  const shown = lines.slice(0, MOST_LINES).map((line) => styled(line, style));
  const rest = lines.length - shown.length;
  const cut = rest > 0 ? [style.faint(`... ${rest} more ${rest === 1 ? 'line' : 'lines'}`)] : [];
  return [...headers, ...shown, ...cut];
}

/** Undefined when there are too many changes to find the fewest. */
function changedLines(old: string, content: string): string[] | undefined {
  const patch = structuredPatch('', '', old, content, undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  return patch?.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
}

function newLines(content: string): string[] {
  if (content === '') return [];
  const lines = content.split('\n');
  const endsInNewline = lines.at(-1) === '';
  if (endsInNewline) lines.pop();
  return [
    `@@ -0,0 +${range(1, lines.length)} @@`,
    ...lines.map((line) => `+${line}`),
    ...(endsInNewline ? [] : ['\\ No newline at end of file']),
  ];
}

/** As GNU diff and git write it: a count of one is left out, and no lines are said to be after the line before. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? String(start) : `${start},${count}`;
}

/** A tab is kept: it moves the cursor and does nothing else. */
function styled(line: string, style: Style): string {
  const text = cutTo(line.split('\t').map(escapeControls).join('\t'), MOST_CELLS);
  if (text.startsWith('+')) return style.added(text);
  if (text.startsWith('-')) return style.removed(text);
  return text.startsWith('@@') ? style.place(text) : text;
}
