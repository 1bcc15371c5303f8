import { describe, expect, it } from 'vitest';
import { pullRequestChange } from '../../test/support/changes.ts';
import { blocked, clean, compared } from '../../test/support/verdicts.ts';
import { conclusionOf } from './conclusion.ts';
import type { Delivery } from './reporter.ts';

const url = 'https://github.example/octo/shop/pull/7#issuecomment-1';
const deliveries: readonly Delivery[] = [
  { status: 'delivered', reporter: 'terminal', destination: { kind: 'log' } },
  { status: 'delivered', reporter: 'job-summary', destination: { kind: 'append', path: '/summary' } },
  { status: 'delivered', reporter: 'pull-request-comment', destination: { kind: 'github', url } },
  { status: 'degraded', reporter: 'check-run', reason: 'forbidden' },
];

describe('the last lines of the log', () => {
  it('give the verdict, the counts and links to what was delivered', () => {
    expect(conclusionOf(compared, deliveries, pullRequestChange)).toEqual([
      'BLOCKED: 1 finding blocks this pull request',
      'Findings: 1 block, 1 warn, 1 allowed; 1 new, 1 fixed by this change',
      `Pull request comment: ${url}`,
      'Job summary: https://github.example/octo/shop/actions/runs/4711',
    ]);
  });

  it('have no link to what was not delivered', () => {
    expect(conclusionOf(clean, [], pullRequestChange)).toEqual([
      'PASS: Passed: no findings',
      'Findings: 0 block, 0 warn, 0 allowed',
    ]);
    expect(conclusionOf(blocked, [], pullRequestChange)[1]).toBe('Findings: 4 block, 1 warn, 1 allowed');
  });
});
