import { describe, expect, it } from 'vitest';
import { completed, evaluated, finding, manifestSet, resource, waiver } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { defaultSeverityPolicy, type Severity } from '../model/severity.ts';
import { judge } from './judge.ts';

const held = waiver({ rule: 'cel/waived', target: 'Deployment shop/app' });
const found = (severity: Severity, count = 1): readonly Finding[] =>
  Array.from({ length: count }, (_, index) =>
    finding({ severity, rule: `${severity}-${index}`, baselineKeys: [`new-${index}`] }),
  );
const waived = finding({ rule: 'waived', severity: 'critical', baselineKeys: ['waived'] });
const old = (name: string) => finding({ rule: name, severity: 'critical', baselineKeys: [name] });

/** The verdict's sentence; findings named `waived` are waived, and those made by `old` are known of the base. */
function reasonFor(findings: readonly Finding[], faults = 0): string {
  const failures = Array.from({ length: faults }, (_, index) => new GateError('INTERNAL', { message: `fault ${index}` }));
  const base = findings.filter((one) => one.rule.startsWith('old'));
  return judge(
    {
      set: manifestSet({ resources: [resource({ uid: 'obj-1' })], failures }),
      runs: [completed({ coverage: evaluated('obj-1') })],
      findings,
      titles: {},
      baseline: { status: 'known', sha: 'b'.repeat(40), findings: base, engines: ['cel'] },
      waivers: { ledger: { waivers: [held], selfWaiver: 'deny' }, today: new Date('2026-11-25T12:00:00Z') },
    },
    { severity: defaultSeverityPolicy, environments: [], expectManifests: true, onlyNew: true },
  ).reason;
}

describe('the reason', () => {
  it.each<[string, readonly Finding[], number, string]>([
    ['nothing', [], 0, 'no findings'],
    ['one that blocks', found('critical'), 0, '1 finding must be fixed before this change can be merged'],
    [
      'several that block, and others',
      [...found('critical', 2), ...found('high')],
      0,
      '2 findings must be fixed before this change can be merged',
    ],
    [
      'one that blocks, with errors',
      found('critical'),
      2,
      '1 finding must be fixed before this change can be merged; because of 2 errors, there may be more',
    ],
    [
      'one that blocks and one old',
      [...found('critical'), old('old-a')],
      0,
      '1 finding must be fixed before this change can be merged; 1 existing finding: not blocking',
    ],
    ['a fault', [], 1, 'the gate could not evaluate this change: 1 error'],
    ['faults, whatever warns', found('high'), 2, 'the gate could not evaluate this change: 2 errors'],
    ['one that warns', found('high'), 0, 'nothing blocks; 1 finding to review'],
    ['several that warn', found('high', 2), 0, 'nothing blocks; 2 findings to review'],
    ['one that warns and one waived', [...found('high'), waived], 0, 'nothing blocks; 1 finding to review, 1 waived'],
    [
      'one that warns and two old',
      [...found('high'), old('old-a'), old('old-b')],
      0,
      'nothing blocks; 1 finding to review; 2 existing findings: not blocking',
    ],
    [
      'one that warns, one waived and one old',
      [...found('high'), waived, old('old-a')],
      0,
      'nothing blocks; 1 finding to review, 1 waived; 1 existing finding: not blocking',
    ],
    ['what the policy allows', found('low', 2), 0, 'nothing blocks or warns; 2 findings allowed by policy'],
    ['one waived', [waived], 0, 'nothing blocks or warns; 1 finding waived'],
    ['one old', [old('old-a')], 0, 'nothing blocks or warns; 1 existing finding: not blocking'],
    [
      'all that is allowed, for each cause',
      [...found('low', 3), waived, old('old-a'), old('old-b')],
      0,
      'nothing blocks or warns; 3 findings allowed by policy, 1 finding waived, 2 existing findings: not blocking',
    ],
  ])('is about %s', (_what, findings, faults, sentence) => {
    expect(reasonFor(findings, faults)).toBe(sentence);
  });
});
