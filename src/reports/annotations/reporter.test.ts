import { describe, expect, it } from 'vitest';
import { blocked, canned, clean, hostile, huge, incomplete, renderContext, warned } from '../../../test/support/verdicts.ts';
import type { Verdict } from '../../model/verdict.ts';
import { annotationsReporter } from './reporter.ts';

const lines = (verdict: Verdict): readonly string[] =>
  annotationsReporter.render(verdict, renderContext).split('\n').slice(0, -1);

/** Reads a command as the runner does: properties up to the first `::` after the start, each split at its first `=`, then unescaped. */
function parse(line: string): {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
} {
  const [, level = '', list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  const decode = (text: string): string =>
    text.replace(/%(0D|0A|3A|2C|25)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const pairs = list
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1))] as const);
  return { level, properties: Object.fromEntries(pairs), message: decode(message) };
}

describe('annotations', () => {
  it('are errors for what blocks and warnings for what warns, worst first', () => {
    expect(lines(blocked).map((line) => [parse(line).level, parse(line).properties.title])).toEqual([
      ['error', 'critical: kube-bench/1.2.1'],
      ['error', 'critical: cel/privileged'],
      ['error', 'critical: trivy/CVE-2026-1234'],
      ['error', 'high: cel/require-limits'],
      ['warning', 'unknown: cel/require-probes'],
    ]);
    expect(lines(warned)).toHaveLength(1);
    expect(lines(clean)).toEqual([]);
  });

  it('are about what is new first, so that old findings are cut before new ones', () => {
    const [one] = blocked.findings;
    if (one === undefined) throw new Error('no finding');
    const findings = Array.from({ length: 30 }, (_, index) => ({
      ...one,
      action: 'block' as const,
      state: index < 25 ? ('unchanged' as const) : ('new' as const),
      finding: { ...one.finding, title: `${index < 25 ? 'old' : 'new'} ${index}` },
    }));
    const titles = lines({ ...blocked, findings }).map((line) => parse(line).message.split('\n')[0]);
    expect(titles.slice(0, 5)).toEqual(['new 25', 'new 26', 'new 27', 'new 28', 'new 29']);
    expect(titles.at(-1)).toMatch(/^21 more errors are not shown/);
  });

  it('have file, line and column', () => {
    expect(parse(lines(blocked)[1] ?? '')).toEqual({
      level: 'error',
      properties: { title: 'critical: cel/privileged', file: 'charts/shop/values.yaml', line: '12', col: '15' },
      message: 'Container web runs privileged\nDeployment shop/api\nFix: Set securityContext.privileged to false.',
    });
  });

  it('have no column if they span lines, and no file if there is none', () => {
    expect(parse(lines(warned)[0] ?? '').properties).toEqual({
      title: 'high: cel/require-limits',
      file: 'overlays/production/ledger.yaml',
      line: '7',
      endLine: '11',
    });
    expect(parse(lines(blocked)[0] ?? '').properties).toEqual({ title: 'critical: kube-bench/1.2.1' });
  });

  it('report evaluation errors', () => {
    expect(lines(incomplete).map((line) => parse(line).properties.title)).toEqual([
      'k8s-gate evaluation error: RENDER_FAILED',
      'k8s-gate evaluation error: ENGINE_FAILED',
    ]);
    expect(parse(lines(incomplete)[0] ?? '').properties).toMatchObject({
      file: 'charts/shop/templates/api.yaml',
      line: '14',
      col: '20',
    });
  });

  it('are at most ten of a level, the last of which counts the rest', () => {
    const levels = lines(huge).map((line) => parse(line).level);
    expect(levels.filter((level) => level === 'error')).toHaveLength(10);
    expect(levels.filter((level) => level === 'warning')).toHaveLength(10);
    expect(parse(lines(huge)[9] ?? '').message).toContain('11 more errors');
    expect(parse(lines(huge)[19] ?? '').message).toContain('1971 more warnings');
  });

  it.each(Object.keys(canned))('are one command a line and nothing else: %s', (name) => {
    for (const line of lines(canned[name] ?? clean)) {
      expect(line).toMatch(/^::(error|warning) title=[^:,]+(,(file|line|endLine|col)=[^:,]+)*::/);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  it('name files from the root of the repository where the workspace is a folder of it', () => {
    const [, second = ''] = annotationsReporter.render(blocked, { ...renderContext, pathPrefix: 'apps/shop' }).split('\n');
    expect(parse(second).properties.file).toBe('apps/shop/charts/shop/values.yaml');
  });

  it('point to no file outside the repository', () => {
    for (const line of lines(hostile)) expect(parse(line).properties.file).toBeUndefined();
  });
});
