import { defineConfig } from 'vitest/config'

/** `--mode full` (npm run test:full) also runs what takes minutes: tests ask for DEPLOYCHECK_FULL. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: mode === 'full' ? { DEPLOYCHECK_FULL: '1' } : {},
  },
}))
