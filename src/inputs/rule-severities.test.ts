import { describe, expect, it } from 'vitest';
import { parseConfig } from './config-file.ts';
import { ruleSeverities } from './rule-severities.ts';

const read = (rules: string) => ruleSeverities(parseConfig(`version: 1\nrules:\n  ${rules}\n`, '.k8s-gate.yaml'));

describe('rules of the configuration', () => {
  it('are severities by engine and rule', () => {
    expect(read('{ trivy/KSV-0014: low, "cel/*limits*": medium, sarif/Checkov/CKV_K8S_8: critical }')).toEqual([
      { engine: 'trivy', rule: 'KSV-0014', severity: 'low' },
      { engine: 'cel', rule: '*limits*', severity: 'medium' },
      { engine: 'sarif', rule: 'Checkov/CKV_K8S_8', severity: 'critical' },
    ]);
  });

  it.each([
    ['trvy/KSV-0014: low', '`trvy/KSV-0014`: there is no engine `trvy`'],
    ['gate/not-evaluated: low', '`gate/not-evaluated` is a finding of the gate itself, whose severity is fixed'],
    ['gate/not-evaluated: critical', '`gate/not-evaluated` is a finding of the gate itself'],
    ['"*/KSV-0014": low', 'expected engine/rule as in reports'],
    ['"*": low', 'expected engine/rule as in reports'],
    ['trivy: low', 'expected engine/rule as in reports'],
    ['trivy/KSV-0014: unknown', 'rules.trivy/KSV-0014'],
    ['trivy/KSV-0014: allow', 'rules.trivy/KSV-0014'],
  ])('refuse %s at its line', (rules, message) => {
    expect(() => read(rules)).toThrow(message);
    expect(() => read(rules)).toThrow('.k8s-gate.yaml:3');
  });
});
