import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
} satisfies Config;

const SOAK = 'test/servers/soak.test.ts';

const project = (name: string) => ({
  ...shared,
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
    ...['unit', 'machine', 'cluster'].map(project),
    { ...project('servers'), testPathIgnorePatterns: [SOAK] },
    { ...shared, displayName: 'soak', testMatch: [`<rootDir>/${SOAK}`] },
  ],
};

export default config;
