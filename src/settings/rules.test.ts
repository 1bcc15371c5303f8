import { afterAll, expect, it } from 'vitest';
import { config, found } from '../../test/support/settings-bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';

afterAll(removeTempFolders);

it.each([
  ['cel/privileged', undefined],
  ['"cel/*limits*"', undefined],
  ['cel/privilged', 'cel/privilged, which is not a rule of CEL policies; perhaps cel/privileged'],
  ['"cel/*quotas*"', 'cel/*quotas*, which is not a rule of CEL policies'],
  ['kube-linter/latest-tags', 'kube-linter/latest-tags, which is not a rule of KubeLinter; perhaps kube-linter/latest-tag'],
  ['trivy/KSV-0014', undefined],
  ['trivy/KSV-01010', undefined],
  ['trivy/trivy/os-end-of-life', undefined],
  ['"trivy/KSV-*"', undefined],
  ['trivy/KSV014', 'trivy/KSV014, which Trivy reports as trivy/KSV-0014'],
  ['trivy/AVD-KSV-0014', 'trivy/AVD-KSV-0014, which Trivy reports as trivy/KSV-0014'],
  ['trivy/cve-2024-3094', 'trivy/cve-2024-3094, which Trivy reports as trivy/CVE-2024-3094'],
])('a severity for the rule %s is reported if the engine has no such rule', async (rule, problem) => {
  expect(await found(config(`rules:\n  ${rule}: low\n`))).toEqual(
    problem === undefined ? [] : [`unknown .k8s-gate.yaml:3 \`rules\` contains ${problem}`],
  );
});

it('a severity for a rule of an engine that is off is not reported', async () => {
  expect(await found(config('rules: { cel/privilged: low }\nengines: { cel: false }\n'))).toEqual([]);
});
