import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores on the smallest supported machine: engines are processes of their own, so two files at a time is the most that helps.
    maxWorkers: 2,
  },
});
