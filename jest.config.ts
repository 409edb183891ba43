import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
} satisfies Config;

/**
 * `unit` needs nothing but Node; `machine` needs root and makes its own machines; `servers` starts real servers; `cluster`
 * makes machines that are nodes.
 */
const config: Config = {
  projects: ['unit', 'machine', 'servers', 'cluster'].map((name) => ({
    ...shared,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  })),
};

export default config;
