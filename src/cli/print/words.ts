/** Actions in plain words, one printable line each, without secrets. */
import { anyOf, escapeControls } from '../../api/text/show.ts';
import type {
  AccountAction,
  Action,
  CloneSpec,
  CommandAction,
  GitAction,
  HomeAction,
  SystemAction,
} from '../../sections/action.ts';
import { redactAction } from './redact.ts';

/** @param user the account that the action is for; actions for the machine do not mention it */
export function printAction(action: Action, user: string): string {
  return escapeControls(wordsOf(redactAction(action), user));
}

function wordsOf(action: Action, user: string): string {
  switch (action.kind) {
    case 'create-account':
    case 'complete-account':
    case 'add-to-group':
    case 'remove-from-group':
    case 'lock-account':
    case 'unlock-account':
    case 'end-processes':
      return accountWords(action, user);
    case 'make-directory':
    case 'write-file':
    case 'set-mode':
    case 'give-directory':
    case 'remove-tree':
    case 'move':
      return homeWords(action, user);
    case 'clone':
    case 'finish-clone':
    case 'hoist-clone':
    case 'set-upstream':
    case 'refresh-clone':
      return gitWords(action);
    case 'run-command':
      return commandWords(action);
    case 'mint-token':
      return `mint a token of ${anyOf(action.policies, 'and')} to ${action.path} (period ${action.period})`;
    case 'write-system-file':
    case 'remove-system-file':
    case 'enable-unit':
    case 'start-unit':
    case 'disable-unit':
      return systemWords(action);
  }
}

function accountWords(action: AccountAction, user: string): string {
  switch (action.kind) {
    case 'create-account': {
      const { shell, home, homeMode, groups } = action;
      const inGroups = groups.length > 0 ? `, groups ${groups.join(', ')}` : '';
      return `create account ${user} (shell ${shell}, home ${home} with mode ${octal(homeMode)}${inGroups})`;
    }
    case 'complete-account': {
      const { home, homeMode } = action;
      const parts = { shadow: 'its shadow line', home: `its home ${home} with mode ${octal(homeMode)}` };
      return `complete account ${user} with ${action.missing.map((part) => parts[part]).join(' and ')}`;
    }
    case 'add-to-group':
      return `add ${user} to group ${action.group}`;
    case 'remove-from-group':
      return `remove ${user} from group ${action.group}`;
    case 'lock-account':
      return `lock account ${user}`;
    case 'unlock-account':
      return `unlock account ${user}`;
    case 'end-processes':
      return `end all processes of ${user}`;
  }
}

function homeWords(action: HomeAction, user: string): string {
  switch (action.kind) {
    case 'make-directory':
      return `make directory ${action.path} (mode ${octal(action.mode)})`;
    case 'write-file':
      return `write ${action.path} (mode ${octal(action.mode)})`;
    case 'set-mode':
      return `set the mode of ${action.path} to ${octal(action.mode)}`;
    case 'give-directory':
      return `make ${user} the owner of ${action.path}`;
    case 'remove-tree':
      return `remove ${action.path} and everything below it`;
    case 'move':
      return `move ${action.from} to ${action.to}`;
  }
}

function gitWords(action: GitAction): string {
  switch (action.kind) {
    case 'clone':
      return `clone ${action.clone.url} to ${action.clone.path}${cloneDetails(action.clone)}`;
    case 'finish-clone':
      return `check out ${action.clone.path}, a clone of ${action.clone.url}${cloneDetails(action.clone)}`;
    case 'hoist-clone': {
      const { outer, from, clone } = action;
      return `move the clone ${from} to ${clone.path}, or clone ${clone.url} there where ${outer} tracks it${cloneDetails(clone)}`;
    }
    case 'set-upstream': {
      const { path, branch, upstream, add } = action;
      const added = add ? `add remote ${upstream.remote} (${upstream.url}) and ` : '';
      return `in ${path}, ${added}let ${branch} track ${upstream.remote}/${branch}`;
    }
    case 'refresh-clone':
      return `fetch ${action.path} and fast-forward ${action.branch} where that is safe`;
  }
}

function cloneDetails({ branch, config, upstream }: CloneSpec): string {
  const details = [
    ...(branch === undefined ? [] : [`branch ${branch}`]),
    ...(upstream ? [`tracking ${upstream.remote} at ${upstream.url}`] : []),
    ...config.map((setting) => `with ${setting}`),
  ];
  return details.length > 0 ? ` (${details.join(', ')})` : '';
}

function commandWords({ name, argv, env }: CommandAction): string {
  const variables = Object.keys(env);
  const added = variables.length > 0 ? ` (with ${anyOf(variables, 'and')} set)` : '';
  return `run ${name}: ${argv.map(shellWord).join(' ')}${added}`;
}

function systemWords(action: SystemAction): string {
  switch (action.kind) {
    case 'write-system-file':
      return `write ${action.path} (mode ${octal(action.mode)})`;
    case 'remove-system-file':
      return `remove ${action.path}`;
    case 'enable-unit':
      return `enable ${action.unit}`;
    case 'start-unit':
      return `start ${action.unit}`;
    case 'disable-unit':
      return `stop and disable ${action.unit}`;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** As a POSIX shell would read it, so that words keep their borders for the eye. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
