/** The site's repositories as data: same authors, dates and contents on every run, so the same commit ids. */

export interface Repository {
  readonly branch: string;
  readonly commits: readonly Commit[];
}

interface Commit {
  readonly message: string;
  /** Unix seconds, UTC. */
  readonly date: number;
  /** Files added to those of the commit before, by path. */
  readonly files: Readonly<Record<string, string>>;
}

const FIRST_DAY = Date.UTC(2026, 0, 1) / 1000;
const SECOND_DAY = Date.UTC(2026, 0, 2) / 1000;
const AUTHOR = 'seed <seed@example.invalid>';

/** 200 small files, and one that git-crypt has locked. */
export const INFRA: Repository = {
  branch: 'master',
  commits: [
    {
      message: 'seed infra\n',
      date: FIRST_DAY,
      files: {
        ...Object.fromEntries(
          numbersTo(200).map((i) => [
            `stacks/s${i % 20}/f${i}.tf`,
            `${numbersTo((i % 50) + 10).join('\n')}\n`,
          ]),
        ),
        'secrets/token.txt': '\0GITCRYPT\0ciphertext-bytes',
        '.gitattributes': 'secrets/** filter=git-crypt diff=git-crypt\n',
      },
    },
  ],
};

/** The canonical copy is one commit ahead of the mirror. */
export const CANONICAL_INFRA: Repository = {
  ...INFRA,
  commits: [...INFRA.commits, { message: 'ahead\n', date: SECOND_DAY, files: { 'AHEAD.md': 'ahead\n' } }],
};

export function projectRepository(name: string, branch: string): Repository {
  return {
    branch,
    commits: [{ message: `seed ${name}\n`, date: FIRST_DAY, files: { 'README.md': `# ${name}\n` } }],
  };
}

/** Input for `git fast-import`, see git-fast-import(1). */
export function fastImport({ branch, commits }: Repository): string {
  return commits.map((commit) => importCommit(branch, commit)).join('');
}

function importCommit(branch: string, { message, date, files }: Commit): string {
  return [
    `commit refs/heads/${branch}`,
    `committer ${AUTHOR} ${date} +0000`,
    data(message),
    ...Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
    '',
  ].join('\n');
}

const data = (content: string) => `data ${Buffer.byteLength(content)}\n${content}`;

function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
