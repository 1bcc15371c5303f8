import { describe, expect, it } from 'vitest';
import { completed, engineFinding } from '../../test/support/model.ts';
import { type RuleSeverity, withRuleSeverities } from './rule-severities.ts';

const trivy = (rule: string, severity: RuleSeverity['severity']): RuleSeverity => ({ engine: 'trivy', rule, severity });
const severities = (rules: readonly RuleSeverity[], rule = 'KSV-0014') => {
  const [run] = withRuleSeverities(
    [completed({ engine: 'trivy', findings: [engineFinding({ engine: 'trivy', rule, severity: 'high' })] })],
    rules,
  );
  return run?.status === 'completed' ? run.findings.map(({ severity, reported }) => [severity, reported]) : [];
};

describe('severities of rules', () => {
  it('replace that of the engine, which stays known', () => {
    expect(severities([trivy('KSV-0014', 'low')])).toEqual([['low', 'high']]);
    expect(severities([trivy('KSV-0014', 'critical')])).toEqual([['critical', 'high']]);
    expect(severities([trivy('KSV-0014', 'high')])).toEqual([['high', undefined]]);
    expect(severities([trivy('KSV-0015', 'low')])).toEqual([['high', undefined]]);
  });

  it.each<[string, readonly RuleSeverity[], string]>([
    ['a name before globs', [trivy('KSV-001?', 'critical'), trivy('KSV-0014', 'low')], 'low'],
    ['more literal characters before fewer', [trivy('KSV-*', 'low'), trivy('KSV-00*', 'critical')], 'critical'],
    ['of two equally long globs the more severe', [trivy('*-0014', 'low'), trivy('KSV-00*', 'medium')], 'medium'],
  ])('decide by %s, in any order', (_what, rules, expected) => {
    expect(severities(rules)).toEqual([[expected, 'high']]);
    expect(severities(rules.toReversed())).toEqual([[expected, 'high']]);
  });

  it('leave alone what the engine could not evaluate', () => {
    const undecided = engineFinding({ engine: 'trivy', rule: 'x', severity: 'unknown', undecided: true });
    const runs = [completed({ engine: 'trivy', findings: [undecided] })];
    expect(withRuleSeverities(runs, [trivy('x', 'low')])).toEqual(runs);
    expect(withRuleSeverities(runs, [trivy('*', 'critical')])).toEqual(runs);
  });

  it('are about one engine only: neither another engine nor the gate itself has a rule of that name', () => {
    const finding = engineFinding({ engine: 'gate', rule: 'KSV-0014', severity: 'critical' });
    const runs = [completed({ engine: 'gate', findings: [finding] }), completed({ engine: 'cel', findings: [finding] })];
    expect(withRuleSeverities(runs, [trivy('*', 'low')])).toEqual(runs);
  });
});
