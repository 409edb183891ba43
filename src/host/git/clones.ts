/**
 * Work on people's clones, always done as the person, with the person's credentials and nobody else's.
 *
 * - A clone is at its place complete, or not at all.
 * - Nothing of the person's is lost: branches are only fast-forwarded, in a clone that has no changes.
 * - It ends: at the action's deadline git and whatever it started are killed.
 */
import type { GitAction } from '../../sections/action.ts';
import type { Done } from '../machine.ts';
import type { Reach } from '../programs/reach.ts';
import type { Credentials } from '../programs/run.ts';
import { clone, finishClone, hoist, setUpstream, type CloneHome } from './clone.ts';
import { Git } from './command.ts';
import { refresh } from './refresh.ts';
import { failed } from './trouble.ts';

export type { CloneHome } from './clone.ts';

export interface CloneOwner {
  readonly reach: Reach;
  readonly person: Credentials;
  readonly home: CloneHome;
}

const LEFT = 'existing clones are left for the first boot, since this is an image';

/** @throws the reason of `signal` when that fires */
export async function doGit(owner: CloneOwner, action: GitAction, signal: AbortSignal): Promise<Done> {
  const { reach, person, home } = owner;
  // What a clone in an image has configured would run here, not there.
  if (reach.kind === 'image' && action.kind !== 'clone') return { kind: 'done', note: LEFT, unchanged: true };
  const git = new Git({ reach, person, timeout: timeoutOf(action), signal });
  try {
    return await dispatch(git, home, action);
  } catch (error) {
    signal.throwIfAborted();
    return failed('CannotRun', `${action.kind} for ${person.name}`, (error as Error).message);
  }
}

function timeoutOf(action: GitAction): number {
  return 'clone' in action ? action.clone.timeout : action.timeout;
}

async function dispatch(git: Git, home: CloneHome, action: GitAction): Promise<Done> {
  switch (action.kind) {
    case 'clone':
      return clone(git, home, action.clone);
    case 'finish-clone':
      return finishClone(git, action.clone);
    case 'hoist-clone':
      return hoist(git, home, action);
    case 'set-upstream':
      return setUpstream(git, action);
    case 'refresh-clone':
      return refresh(git, action);
  }
}
