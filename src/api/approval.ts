/** How somebody lets removals go on through the API server: by an annotation that names whom they have seen to be held. */

/** On a Workstation: `ann,bob`, and after a blank whatever makes it another text than the one before. */
export const APPROVE_REMOVALS = 'workstation.dev/approve-removals';

export interface ParsedApproval {
  readonly text: string;
  /** OS users. */
  readonly osUsers: readonly string[];
}

export function parseApproval(text: string): ParsedApproval {
  const [names = ''] = text.trim().split(/\s/, 1);
  return { text, osUsers: names.split(',').filter((name) => name !== '') };
}

/** An agent heeds each text once, so each has its time. */
export function printApproval(osUsers: readonly string[], now: Date): string {
  return `${osUsers.join(',')} at ${now.toISOString()}`;
}
