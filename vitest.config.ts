import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The layers of the tests, by file name; CONTRIBUTING.md describes them. `npm test` runs `unit`, `npm run test:all` runs every layer.
 *
 * - unit: starts no program, so that it needs nothing but Node and is done within a minute (test/support/no-processes.ts enforces it)
 * - process: starts programs: the built dist, git, Python, openssl, validators from node_modules
 * - live: needs what `k8s-gate engines install` installs, a browser or Docker; skipped by name if that is missing
 * - docs: the code, commands and tables of the documentation
 */
const layers = {
  live: ['**/*.live.test.ts', '**/*.browser.test.ts'],
  process: ['**/*.process.test.ts'],
  docs: ['test/docs/**/*.test.ts'],
};
const all = ['src/**/*.test.ts', 'test/**/*.test.ts'];
/** Only stops a test that hangs: a slow or busy machine must not fail one. */
const liveness = { testTimeout: 300_000, hookTimeout: 300_000 };

/** The longest files, in the order of their times. Started last, one of them would run alone at the end. */
const longest = [
  'test/faults/faults.process.test.ts',
  'test/shards/merge.process.test.ts',
  'test/agreement/agreement.live.test.ts',
  'test/engines/kyverno.live.test.ts',
  'test/docs/new-engine.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      longest.findIndex((file) => moduleId.endsWith(`/${file}`)) + 1 || 99;
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    // Engines are processes of their own and use more than one thread, so half of the processors is the most that helps: a third
    // worker on two processors kept a heartbeat waiting for longer than its test allows.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: all,
          exclude: Object.values(layers).flat(),
          setupFiles: ['test/support/no-processes.ts'],
          // One worker reads each module once instead of once for each file: this halves the time.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      { test: { name: 'process', include: layers.process, exclude: layers.docs, ...liveness } },
      { test: { name: 'live', include: layers.live, exclude: layers.docs, ...liveness } },
      { test: { name: 'docs', include: layers.docs, ...liveness } },
    ],
  },
});
