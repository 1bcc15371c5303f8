import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gateErrorCodes, troubleshootingUrl } from '../../src/model/gate-error.ts';
import { renderBody } from '../../src/reports/pull-request-comment/body.ts';
import { reporters } from '../../src/reports/registry.ts';
import { publishContext } from '../support/changes.ts';
import { pageText } from '../support/documented.ts';
import { root } from '../support/root.ts';
import { incomplete, renderContext } from '../support/verdicts.ts';

const sections = pageText('docs/troubleshooting.md').split(/^## /m).slice(1);
const sectionOf = (code: string): string | undefined => sections.find((section) => section.startsWith(`${code}\n`));

describe('docs/troubleshooting.md', () => {
  it.each(gateErrorCodes)('has a section for %s that explains it and what to do', (code) => {
    expect(sectionOf(code)?.length ?? 0).toBeGreaterThan(code.length + 100);
  });

  it('has no section for a code that does not exist', () => {
    const names = sections.map((section) => section.split('\n')[0] ?? '');
    expect(names.toSorted()).toEqual(gateErrorCodes.toSorted());
    expect(sectionOf('GONE_INVALID')).toBeUndefined();
  });

  it.each(gateErrorCodes)('is where the address of %s leads', (code) => {
    const [, file = '', anchor] = /\/blob\/v1\/([^#]+)#(.+)$/.exec(troubleshootingUrl(code)) ?? [];
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(anchor).toBe(code.toLowerCase());
  });
});

describe('every error that a report shows', () => {
  const urls = incomplete.errors.map(({ code }) => troubleshootingUrl(code));
  const people = ['terminal', 'job-summary', 'annotations', 'html'];

  it.each(reporters.filter(({ id }) => people.includes(id)))('leads to its section in the $id report', ({ render }) => {
    expect(urls.filter((url) => !render(incomplete, renderContext).includes(url))).toEqual([]);
  });

  it('leads to its section in the comment', () => {
    expect(urls.length).toBeGreaterThan(1);
    expect(urls.filter((url) => !renderBody(incomplete, publishContext).includes(url))).toEqual([]);
  });
});
