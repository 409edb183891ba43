/** Puts people into groups and takes them out. */
import type { AccountAction } from '../../sections/action.ts';
import type { Accounts } from './database.ts';
import { runTool } from './shadow-utils.ts';

export type GroupChange = Extract<AccountAction, { kind: 'add-to-group' | 'remove-from-group' }>;

export async function changeGroup(
  accounts: Accounts,
  name: string,
  { kind, group }: GroupChange,
): Promise<void> {
  const { reach } = accounts;
  const add = kind === 'add-to-group';
  const isMember = accounts.group(group)?.members.includes(name) ?? false;
  if (isMember === add) return;
  const attempt = add ? `adding ${name} to group ${group}` : `removing ${name} from group ${group}`;
  if (reach.kind === 'image') {
    const how = add ? '--append' : '--remove';
    await runTool(reach, 'usermod', [how, `--groups=${group}`, '--', name], attempt);
  } else {
    // Unlike usermod it takes an account that only a name service knows; but it cannot be pointed at an image.
    await runTool(reach, 'gpasswd', [add ? `--add=${name}` : `--delete=${name}`, '--', group], attempt);
  }
}
