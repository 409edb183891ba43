import type { Config } from 'jest';

type Project = Exclude<NonNullable<Config['projects']>[number], string>;

/** Tests that need more than Node have jest's own runner, which gives every file a world of its own. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
  setupFilesAfterEnv: ['<rootDir>/test/harness/timeout.ts'],
} satisfies Project;

const SOAK = 'test/servers/soak.test.ts';

const testsIn = (name: string): Project => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});

/**
 * `unit` needs nothing but Node; `machine` needs root and makes its own machines; `servers` starts real servers; `cluster`
 * makes machines that are nodes.
 * `soak` goes on for minutes, with another history each time; it is run by itself (`npm run soak:cluster`).
 */
const config: Config = {
  projects: [
    {
      ...testsIn('unit'),
      // Loading what a file imports takes longer than most of these tests: here each process does it once.
      runner: ['jest-light-runner', { runtime: 'child_process' }],
      transform: {},
      setupFilesAfterEnv: ['<rootDir>/test/unit/setup.ts'],
    },
    ...['machine', 'cluster'].map((name) => ({ ...shared, ...testsIn(name) })),
    { ...shared, ...testsIn('servers'), testPathIgnorePatterns: [SOAK] },
    { ...shared, displayName: 'soak', testMatch: [`<rootDir>/${SOAK}`] },
  ],
};

export default config;
