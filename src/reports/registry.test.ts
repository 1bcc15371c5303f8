import { describe, expect, it } from 'vitest';
import { canned, clean, renderContext } from '../../test/support/verdicts.ts';
import { reporters } from './registry.ts';

describe.each(reporters.map((reporter) => [reporter.id, reporter] as const))('the %s reporter', (_, reporter) => {
  it.each(Object.keys(canned))('is pure: the same text for the same verdict, which it leaves as it was: %s', (name) => {
    const verdict = canned[name] ?? clean;
    const before = structuredClone({ ...verdict, errors: verdict.errors.map((error) => error.details) });
    const text = reporter.render(verdict, renderContext);
    expect(reporter.render(verdict, renderContext)).toBe(text);
    expect(structuredClone({ ...verdict, errors: verdict.errors.map((error) => error.details) })).toEqual(before);
    expect(text === '' || text.endsWith('\n')).toBe(true);
  });

  it('has a summary', () => {
    expect(reporter.title).not.toBe('');
    expect(reporter.summary).toMatch(/\.$/);
  });
});
