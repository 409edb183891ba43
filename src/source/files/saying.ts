/** Whether a text says that nobody is declared, or says nothing: only the first can have been meant. */
import { isMapping } from '../../api/text/json.ts';
import type { ParsedText } from '../../api/text/parse.ts';

export interface Saying {
  readonly file: string;
  /**
   * `nothing`: no text, blanks, comments, or `users:` without a value, as a writer leaves it between two writes.
   * `nobody`: `users: {}`, or a list without items.
   */
  readonly kind: 'nothing' | 'nobody' | 'something';
}

export function sayingOf(file: string, { documents, problems }: ParsedText): Saying {
  const [document] = documents;
  if (problems.length > 0) return { file, kind: 'something' };
  if (document === undefined) return { file, kind: 'nothing' };
  const { value } = document;
  if (!isMapping(value)) return { file, kind: 'something' };
  if ('users' in value && !('apiVersion' in value)) return { file, kind: ofMembers(value['users']) };
  return { file, kind: isEmptyList(value['items']) ? 'nobody' : 'something' };
}

function ofMembers(users: unknown): Saying['kind'] {
  if (users === null) return 'nothing';
  return isMapping(users) && Object.keys(users).length === 0 ? 'nobody' : 'something';
}

function isEmptyList(items: unknown): boolean {
  return Array.isArray(items) && items.length === 0;
}
