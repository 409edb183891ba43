import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
} satisfies Config;

const SOAK = 'test/servers/soak.test.ts';
const SLOW = '.slow.test.ts';

const project = (name: string, files = `test/${name}/**/*.test.ts`) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/${files}`],
});

/**
 * `unit` needs nothing but Node, and `slow` is what of it takes a second and more: it waits, starts processes, or tries
 * thousands of histories. `machine` needs root and makes its own machines; `servers` starts real servers; `cluster` makes
 * machines that are nodes.
 * `soak` goes on for minutes, with another history each time; it is run by itself (`npm run soak:cluster`).
 */
const config: Config = {
  projects: [
    { ...project('unit'), testPathIgnorePatterns: [SLOW] },
    project('slow', `test/unit/**/*${SLOW}`),
    project('machine'),
    project('cluster'),
    { ...project('servers'), testPathIgnorePatterns: [SOAK] },
    project('soak', SOAK),
  ],
};

export default config;
