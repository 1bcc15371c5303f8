import { afterAll, describe, expect, it } from 'vitest';
import { kubeLinterEngine } from '../../src/engines/kube-linter/engine.ts';
import { judgeWith } from '../support/lint-bench.ts';
import { bad, good, mistyped, service, widget } from '../support/lint-samples.ts';
import { refusal, statusesOf, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const given = process.env.K8S_GATE_TEST_KUBE_LINTER;
const tool = given === undefined ? await installedTool('kube-linter') : { id: 'kube-linter', path: given, version: '0.8.3' };
const judge = (bench: Partial<Parameters<typeof judgeWith>[1]>) => {
  if (tool === undefined) throw new Error('no kube-linter');
  return judgeWith(kubeLinterEngine, { tool, resources: [bad, good, service, widget], ...bench });
};

describe.skipIf(tool === undefined)(
  `kube-linter, live${tool === undefined ? ' (skipped: no kube-linter in the tool cache, and K8S_GATE_TEST_KUBE_LINTER is not set)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('finds what is wrong and covers every resource', async () => {
      const run = await judge({});
      expect(summary(run.findings)).toEqual(
        expect.arrayContaining([
          'dangling-service medium lost spec.selector',
          'host-network high bad spec.template.spec.hostNetwork',
          'latest-tag medium bad spec.template.spec.containers[1].image',
          'privileged-container critical bad spec.template.spec.initContainers[0].securityContext.privileged',
        ]),
      );
      expect(run.findings.some(({ subject }) => subject.kind === 'resource' && subject.resource === 'good')).toBe(false);
      expect(statusesOf(run)).toEqual({ bad: 'evaluated', good: 'evaluated', lost: 'evaluated', widget: 'not-applicable' });
    });

    it('gives every built-in check a severity', async () => {
      const checks = { addAllBuiltIn: true, exclude: ['schema-validation'] };
      const run = await judge({ options: { checks } });
      expect(run.findings.filter((found) => found.severity === 'unknown').map((found) => found.rule)).toEqual([]);
      expect(run.findings.map((found) => found.rule)).toContain('minimum-three-replicas');
    });

    it('needs no built-in check to know what it saw', async () => {
      const run = await judge({ options: { checks: { doNotAutoAddDefaults: true, include: ['ssh-port'] } } });
      expect(run.findings).toEqual([]);
      expect(Object.values(statusesOf(run))).toEqual(['evaluated', 'evaluated', 'evaluated', 'evaluated']);
    });

    it('fails for what the types of Kubernetes can not hold', async () => {
      expect(statusesOf(await judge({ resources: [mistyped] }))).toEqual({ mistyped: 'failed' });
    });

    it('names a check that there is none of', async () => {
      const error = await refusal(judge({ options: { checks: { include: ['no-such-check'] } } }));
      expect(error.message).toMatch(/There is no check no-such-check/);
    });
  },
);
