import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Liveness only: a slow or busy machine must not fail a test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Two cores on the smallest supported machine: engines are processes of their own, so two files at a time is the most that helps.
    maxWorkers: 2,
  },
});
