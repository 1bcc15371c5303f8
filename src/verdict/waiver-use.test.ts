import { describe, expect, it } from 'vitest';
import { finding, waiver } from '../../test/support/model.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import type { Waiver, WaiverSet } from '../model/waiver.ts';
import { applyWaivers } from './waivers.ts';

const today = new Date('2026-11-25T12:00:00Z');

function judged(part: Partial<Finding> = {}): JudgedFinding {
  const found = finding({ rule: 'privileged', severity: 'critical', resources: ['Deployment shop/web'], ...part });
  return { finding: found, action: 'block', decidedBy: 'default' };
}
const ledger = (...waivers: readonly Waiver[]): WaiverSet => ({ waivers, selfWaiver: 'deny' });

describe('the effect of a waiver', () => {
  const useOf = (held: Waiver, ...findings: readonly JudgedFinding[]) =>
    applyWaivers(findings, ledger(held), { today, author: 'alice' }).uses[0];
  const elsewhere = judged({ resources: ['Deployment shop/api'] });

  it('counts the findings it allowed', () => {
    const held = waiver();
    expect(useOf(held, judged(), elsewhere, judged())).toStrictEqual({ waiver: held, status: 'in-force', findings: 2 });
  });

  it.each([
    ['another rule', judged({ rule: 'host-network' })],
    ['the same rule on another resource', elsewhere],
  ])('is nothing where there is only %s', (_what, other) => {
    for (const held of [waiver(), waiver({ owner: 'alice' })])
      expect(useOf(held, other)).toStrictEqual({ waiver: held, status: 'unused', findings: 0 });
  });

  it('gives its expiry date', () => {
    const held = waiver({ expires: '2026-11-24' });
    const use = { waiver: held, status: 'expired', findings: 0, reason: 'it was valid until 2026-11-24' };
    expect(useOf(held, judged())).toStrictEqual(use);
    expect(useOf(held)).toStrictEqual(use);
  });

  it('explains why the author’s own is not applied', () => {
    const held = waiver({ owner: '@alice' });
    const reason = 'its owner, @alice, is the author of this change; a waiver needs a different owner';
    expect(useOf(held, judged())).toStrictEqual({ waiver: held, status: 'refused', findings: 0, reason });
  });

  it('explains why it has no effect', () => {
    const held = waiver();
    const reason = 'it has no effect: the findings that it matches are allowed anyway, or are not covered completely';
    const two = judged({ resources: ['Deployment shop/web', 'Deployment shop/api'] });
    expect(useOf(held, two)).toStrictEqual({ waiver: held, status: 'in-force', findings: 0, reason });
  });

  it('shows the first in the file, whether its rule is a glob or an exact name', () => {
    const [glob, exact] = [waiver({ rule: 'cel/priv*' }), waiver()];
    const shown = (...waivers: readonly Waiver[]) => applyWaivers([judged()], ledger(...waivers), { today }).findings[0]?.waiver;
    expect(shown(glob, exact)).toBe(glob);
    expect(shown(exact, glob)).toBe(exact);
  });
});
