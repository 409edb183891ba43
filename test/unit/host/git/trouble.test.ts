import { failedBy } from '../../../../src/host/git/trouble.ts';

function say(stderr: string, more = {}) {
  const finished = {
    code: 128,
    signal: null,
    stdout: '',
    stderr,
    timedOut: false,
    truncated: false,
    duration: 1400,
  };
  const { reason, message } = failedBy('clone it', { ...finished, ...more });
  return { reason, message };
}

describe('what git says when it fails', () => {
  it.each([
    [
      "fatal: could not read Username for 'https://example.org': terminal prompts disabled",
      'AccessDenied',
      "clone it: could not read Username for 'https://example.org': terminal prompts disabled: check the credentials of the person for it",
    ],
    [
      'git@example.org: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights',
      'AccessDenied',
      'clone it: Could not read from remote repository: check the credentials of the person for it',
    ],
    [
      "fatal: unable to access 'https://example.org/a.git/': Could not resolve host: example.org",
      'RemoteUnreachable',
      "clone it: unable to access 'https://example.org/a.git/': Could not resolve host: example.org: check the network, or wait until the remote is back",
    ],
    [
      "remote: Repository not found.\nfatal: repository 'https://example.org/a.git/' not found",
      'RemoteMissing',
      "clone it: repository 'https://example.org/a.git/' not found: check the address, and that the person may read it",
    ],
    [
      'error: file write error: No space left on device',
      'DiskFull',
      'clone it: file write error: No space left on device: make room',
    ],
    [
      "fatal: 'main' is already used by worktree at '/x'",
      'GitFailed',
      "clone it: 'main' is already used by worktree at '/x'",
    ],
    ['', 'GitFailed', 'clone it: git failed and did not say why'],
  ])('%j is of the reason %s', (stderr, reason, message) => {
    expect(say(stderr)).toEqual({ reason, message });
  });

  it('is that it was killed, when it was', () => {
    const message = 'clone it: no end within 1 s, killed: check whether the remote answers';
    expect(say('fatal: early EOF', { timedOut: true })).toEqual({ reason: 'TimedOut', message });
  });

  it('is shown without the credentials in an address, and without what would reach a terminal', () => {
    const { message } = say("fatal: unable to access 'https://ada:s3cret@example.org/\x1b[2Ja.git/': 503");
    expect(message).toBe("clone it: unable to access 'https://example.org/a.git/': 503");
  });
});
