import { parseStatus, verdict, type Status } from '../../../../src/host/git/status.ts';

const HEADER = '# branch.oid 06dfbff\n# branch.head main\n';
const TRACKING = `${HEADER}# branch.upstream origin/main\n`;

describe('the status of a clone', () => {
  it.each<[string, string, Status]>([
    [
      'a clean branch behind its upstream',
      `${TRACKING}# branch.ab +0 -2\n`,
      { branch: 'main', isDirty: false, upstream: { ahead: 0, behind: 2 } },
    ],
    [
      'a branch with commits of its own',
      `${TRACKING}# branch.ab +3 -0\n`,
      { branch: 'main', isDirty: false, upstream: { ahead: 3, behind: 0 } },
    ],
    ['an upstream that is gone', TRACKING, { branch: 'main', isDirty: false, upstream: undefined }],
    ['no upstream', HEADER, { branch: 'main', isDirty: false, upstream: undefined }],
    [
      'a detached head',
      '# branch.oid 06dfbff\n# branch.head (detached)\n',
      { branch: undefined, isDirty: false, upstream: undefined },
    ],
    [
      'a file that git does not know',
      `${TRACKING}# branch.ab +0 -0\n? # branch.ab +0 -0\n`,
      { branch: 'main', isDirty: true, upstream: { ahead: 0, behind: 0 } },
    ],
    [
      'a changed file',
      `${HEADER}1 .M N... 100644 100644 100644 aaa bbb README\n`,
      { branch: 'main', isDirty: true, upstream: undefined },
    ],
    [
      'a stash, when the person has status.showStash set',
      `${HEADER}# stash 1\n`,
      { branch: 'main', isDirty: false, upstream: undefined },
    ],
  ])('tells %s', (_, text, status) => {
    expect(parseStatus(text)).toEqual(status);
  });
});

describe('what is to be done about a branch', () => {
  const clean: Status = { branch: 'main', isDirty: false, upstream: { ahead: 0, behind: 1 } };

  it.each<[ReturnType<typeof verdict>, string, Partial<Status>]>([
    ['behind', 'it only lacks commits', {}],
    ['fresh', 'it lacks none', { upstream: { ahead: 0, behind: 0 } }],
    ['ahead', 'it has commits of its own', { upstream: { ahead: 1, behind: 1 } }],
    ['no-upstream', 'it tracks nothing', { upstream: undefined }],
    ['other-branch', 'another is checked out', { branch: 'mine' }],
    ['other-branch', 'none is checked out', { branch: undefined }],
    ['dirty', 'there are changes, whatever else', { isDirty: true, branch: 'mine' }],
  ])('is %s when %s', (found, _, change) => {
    expect(verdict({ ...clean, ...change }, 'main')).toBe(found);
  });
});
