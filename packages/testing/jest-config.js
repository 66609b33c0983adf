/** The one Jest set-up: TypeScript by SWC, ES modules, workspace packages from source. */
export default {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // 'import' in this list makes CommonJS packages such as pg load the wrong build.
  testEnvironmentOptions: { customExportConditions: ['@upscale/source', 'node', 'node-addons'] },
  // Real servers on a busy machine: a slow answer is no failure.
  testTimeout: 60_000,
}
