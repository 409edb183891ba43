/**
 * Runs git as a person, for a program and not for somebody at a terminal.
 *
 * - Nothing is asked: what needs an answer fails.
 * - Hooks and the file system monitor do not run; no program is fetched from; nothing goes on in the background.
 * - What the person has set up to reach remotes works: credential helpers, ssh configuration, rewritten URLs.
 */
import { dirname } from 'node:path';
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

export interface GitOptions {
  readonly reach: Reach;
  readonly person: Credentials;
  /** Milliseconds for all commands together. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export class Git {
  readonly #options: GitOptions;
  readonly #deadline: number;

  constructor(options: GitOptions) {
    this.#options = options;
    this.#deadline = performance.now() + options.timeout;
  }

  /** Runs git where there is no clone yet. A `path` of the machine in `args` must have gone through `path`. */
  run(args: readonly string[]): Promise<Finished> {
    return this.#run(args, {});
  }

  /** Runs git in a clone; where there is none, it does not look for one further up. */
  in(clone: string, args: readonly string[]): Promise<Finished> {
    const path = this.path(clone);
    return this.#run(['-C', path, ...args], { GIT_CEILING_DIRECTORIES: dirname(path) });
  }

  /** A path of the machine as git sees it. */
  path(path: string): string {
    const { reach } = this.#options;
    return reach.kind === 'image' ? rootOf(reach) + path : path;
  }

  #run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> {
    const { reach, person, signal } = this.#options;
    return run(reach, {
      program: 'git',
      args: ['--no-pager', '--literal-pathspecs', ...SETTINGS, ...args],
      as: person,
      env: { ...ENVIRONMENT, ...(reach.kind === 'image' ? IMAGE : {}), ...env },
      timeout: Math.max(1, this.#deadline - performance.now()),
      signal,
    });
  }
}

/** What a home in the image has configured would run here, not there. */
const IMAGE = { GIT_CONFIG_GLOBAL: '/dev/null' };
