/** What an action is done to, and what that was before: for the audit, which holds digests and never content. */
import { digest } from '../../host/files/write.ts';
import type { Action, Before } from '../../sections/action.ts';
import type { UnitFacts } from '../../sections/facts.ts';

/** A path, unit, group, clone or name. @param osUser whom the action is for */
export function subjectOf(action: Action, osUser: string): string {
  switch (action.kind) {
    case 'create-account':
    case 'complete-account':
    case 'lock-account':
    case 'unlock-account':
    case 'end-processes':
      return osUser;
    case 'add-to-group':
    case 'remove-from-group':
      return action.group;
    case 'make-directory':
    case 'write-file':
    case 'set-mode':
    case 'give-directory':
    case 'remove-tree':
    case 'set-upstream':
    case 'refresh-clone':
    case 'mint-token':
    case 'write-system-file':
    case 'remove-system-file':
      return action.path;
    case 'move':
      return `${action.from} to ${action.to}`;
    case 'clone':
    case 'finish-clone':
    case 'hoist-clone':
      return action.clone.path;
    case 'run-command':
      return action.name;
    case 'enable-unit':
    case 'start-unit':
    case 'disable-unit':
      return action.unit;
  }
}

/**
 * As `AuditRecord.before` has it; undefined where the action does not tell.
 * @param unit what was last seen of the unit of an action on one
 */
export function beforeOf(action: Action, unit?: UnitFacts): string | undefined {
  switch (action.kind) {
    case 'create-account':
    case 'add-to-group':
    case 'make-directory':
    case 'clone':
    case 'mint-token':
      return 'absent';
    case 'complete-account':
      return `without ${action.missing.join(' and ')}`;
    case 'remove-from-group':
      return 'member';
    case 'lock-account':
      return 'unlocked';
    case 'unlock-account':
      return 'locked';
    case 'end-processes':
      return 'running';
    case 'write-file':
    case 'write-system-file':
      return contentBefore(action.before, action.sensitive);
    case 'give-directory':
      return 'owned by root';
    case 'remove-tree':
    case 'remove-system-file':
    case 'move':
    case 'hoist-clone':
      return 'present';
    case 'finish-clone':
      return 'not checked out';
    case 'set-upstream':
      return action.add ? 'absent' : undefined;
    case 'set-mode':
    case 'refresh-clone':
    case 'run-command':
      return undefined;
    case 'enable-unit':
      return unit?.enabled === true ? 'enabled' : 'disabled';
    case 'start-unit':
      return unit?.active;
    case 'disable-unit':
      return unit && `${unit.enabled ? 'enabled' : 'disabled'}, ${unit.active}`;
  }
}

/** The digest of a secret would let everybody who reads it try what the secret is. */
function contentBefore(before: Before, isSensitive: boolean): string {
  if (before.kind === 'absent') return 'absent';
  return isSensitive ? 'present' : `sha256:${digest(before.text)}`;
}
