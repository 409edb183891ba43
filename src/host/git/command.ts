/**
 * Runs git as a person, for a program and not for somebody at a terminal.
 *
 * - Nothing is asked: what needs an answer fails.
 * - Hooks and the file system monitor do not run; no program is fetched from; nothing goes on in the background.
 * - What the person has set up to reach remotes works: credential helpers, ssh configuration, rewritten URLs.
 */
import { directoryInside } from '../files/inside.ts';
import { rootOf, type Reach } from '../programs/reach.ts';
import { run, type Credentials, type Finished } from '../programs/run.ts';

/** Settings of the command line stand above those of any file: git-config(1). */
const SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'gc.auto=0',
  'maintenance.auto=false',
  // Bytes per second, and for how many seconds: a remote that is slower than this is as good as gone.
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
].flatMap((setting) => ['-c', setting]);

/**
 * Git hands this to a shell, and only when it needs ssh: the person's own command where one is configured, else an ssh
 * that asks nothing and does not wait long for a dead host. Set plainly, it would replace the person's.
 */
const SSH =
  'ssh_of_person() { ' +
  'ssh=$(git config --get core.sshCommand) || ssh="ssh -o BatchMode=yes -o ConnectTimeout=20"; ' +
  'eval "$ssh \\"\\$@\\""; }; ssh_of_person';

const ENVIRONMENT = {
  // What git says is looked through for what went wrong.
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Empty, it stands above core.askPass, and git asks nobody.
  GIT_ASKPASS: '',
  GIT_SSH_COMMAND: SSH,
  // The person may be working in the clone: looking at it must not lock the index.
  GIT_OPTIONAL_LOCKS: '0',
};

/** What a home in an image has configured would run here, not there. */
const IMAGE = { HOME: '/nonexistent' };

/**
 * Runs several commands as one process tree, since becoming a person takes as long as a git command does. The script is
 * always this one: what varies reaches it as arguments, each command after the count of its own. Whatever is done is
 * told by a NUL byte.
 */
const SEQUENCE = 'while (($#)); do git "${@:2:$1}" || exit; printf "\\0"; shift $(($1 + 1)); done';

/** Milliseconds for work on what is already on disk. */
const LOCAL_LIMIT = 60_000;

export interface GitOptions {
  readonly reach: Reach;
  readonly person: Credentials;
  /** Milliseconds for all that may need a remote. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** How commands ended that ran one after the other. */
export interface Sequence extends Finished {
  /** What each command wrote that succeeded. All did when `code` is 0, else the one after these failed. */
  readonly outputs: readonly string[];
}

export class Git {
  readonly #options: GitOptions;
  readonly #deadline: number;

  constructor(options: GitOptions) {
    this.#options = options;
    this.#deadline = performance.now() + options.timeout;
  }

  /** Runs these one after the other until one fails. */
  run(...commands: readonly (readonly string[])[]): Promise<Sequence> {
    return this.#run(commands, Math.max(1, this.#deadline - performance.now()));
  }

  /** The same for what needs no remote, also when time is up. */
  runLocally(...commands: readonly (readonly string[])[]): Promise<Sequence> {
    return this.#run(commands, LOCAL_LIMIT);
  }

  /** A path in the person's home as git sees it. The way to the home is the administrator's, and may have links. */
  path(path: string): string {
    const {
      reach,
      person: { home },
    } = this.#options;
    if (reach.kind !== 'image') return path;
    const seen = directoryInside(rootOf(reach), home);
    if (seen === undefined) throw new Error(`${home} is no directory, make it`);
    return seen + path.slice(home.length);
  }

  /** A command in a clone. Where there is none, git does not look for one further up. */
  in(clone: string, ...args: readonly string[]): string[] {
    return ['-C', this.path(clone), '--git-dir=.git', ...args];
  }

  async #run(commands: readonly (readonly string[])[], timeout: number): Promise<Sequence> {
    const { reach, person, signal } = this.#options;
    const counted = commands.flatMap((command) => {
      const args = ['--no-pager', '--literal-pathspecs', ...SETTINGS, ...command];
      return [String(args.length), ...args];
    });
    const finished = await run(reach, {
      program: 'bash',
      args: ['-c', SEQUENCE, 'bash', ...counted],
      as: person,
      env: { ...ENVIRONMENT, ...(reach.kind === 'image' ? IMAGE : {}) },
      timeout,
      signal,
    });
    return { ...finished, outputs: finished.stdout.split('\0').slice(0, -1) };
  }
}
