import { afterAll, describe, expect, it } from 'vitest';
import { kubeBenchEngine } from '../../src/engines/kube-bench/engine.ts';
import { judgeWith } from '../support/lint-bench.ts';
import { refusal } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const executable = process.env.K8S_GATE_TEST_KUBE_BENCH ?? (await installedTool('kube-bench'))?.path;

describe.skipIf(executable === undefined)(
  `kube-bench, live${executable === undefined ? ' (skipped: no kube-bench in the tool cache, and K8S_GATE_TEST_KUBE_BENCH is not set)' : ''}`,
  () => {
    afterAll(removeTempFolders);
    const judge = (options: object) => judgeWith(kubeBenchEngine, { options: { run: true, path: executable, ...options } });

    it('runs the checks that are done by hand anywhere', async () => {
      const run = await judge({ benchmark: 'cis-1.11', targets: ['policies'] });
      expect(run.findings.length).toBeGreaterThan(10);
      expect(run.findings.every((found) => found.rule.startsWith('5.') && found.severity !== 'unknown')).toBe(true);
    });

    it('fails for a benchmark that there is none of', async () => {
      expect((await refusal(judge({ benchmark: 'cis-0.1' }))).code).toBe('ENGINE_FAILED');
    });
  },
);
