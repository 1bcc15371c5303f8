import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  blocked,
  canned,
  clean,
  compared,
  hostile,
  huge,
  incomplete,
  renderContext,
  warned,
} from '../../../test/support/verdicts.ts';
import { terminalReporter } from './reporter.ts';

const render = (verdict: typeof clean, width = 100, color = false): string =>
  terminalReporter.render(verdict, { ...renderContext, width, color });

describe('the terminal report', () => {
  it('of a blocked change', () => {
    expect(render(blocked)).toMatchSnapshot();
  });

  it('of a run that could not judge', () => {
    expect(render(incomplete)).toMatchSnapshot();
  });

  it.each([
    ['PASS', clean],
    ['WARN', warned],
    ['BLOCKED', blocked],
    ['ERROR', incomplete],
  ])('starts with %s', (word, verdict) => {
    expect(render(verdict).startsWith(`${word}  ${verdict.reason}\n`)).toBe(true);
  });

  it('has the same lines in the sections of a log, those that need an answer unfolded', () => {
    for (const verdict of [blocked, compared, incomplete]) {
      const sections = terminalReporter.sections?.(verdict, { ...renderContext, width: 100 }) ?? [];
      expect(`${sections.flatMap(({ lines }) => lines).join('\n')}\n`).toBe(render(verdict));
      const open = sections.filter(({ folded }) => folded === undefined).flatMap(({ lines }) => lines);
      for (const { finding, action } of verdict.findings)
        if (action === 'block') expect(open.join('\n')).toContain(finding.title);
      for (const { details } of verdict.errors) expect(open.join('\n').replaceAll(/\s+/g, ' ')).toContain(details.message);
    }
  });

  it('lists each blocking finding and warning, and only counts what is allowed', () => {
    const text = render(blocked);
    for (const { finding, action } of blocked.findings) expect(text.includes(finding.title)).toBe(action !== 'allow');
    expect(text).toContain('Allowed by policy: 1 finding (1 medium)');
    const all = terminalReporter.render(blocked, { ...renderContext, width: 100, color: false, showAllowed: true });
    for (const { finding } of blocked.findings) expect(all).toContain(finding.title);
    expect(all).toContain('\nAllowed by policy (1)\n');
  });

  it('lists waivers that allow nothing at their line, and none that is in force', () => {
    expect(render(compared)).toContain(
      [
        'Waivers not in force',
        '  .k8s-gate/waivers.yaml:9  expired on 2026-10-31',
        '      cel/privileged on Deployment shop/*, owner team-shop',
        '',
        'Unused: 1 waiver without a finding in this run (.k8s-gate/waivers.yaml:15)',
        '',
        'Waived (1)',
      ].join('\n'),
    );
    const [use] = compared.waivers;
    const refused = use === undefined ? [] : [{ ...use, status: 'refused' as const, reason: 'its owner is the author' }];
    expect(render({ ...compared, waivers: refused })).toContain('waivers.yaml:3  refused\n');
    expect(render({ ...compared, waivers: refused })).toContain('\n      its owner is the author\n');
    expect(render({ ...compared, waivers: compared.waivers.slice(0, 1) })).not.toMatch(/not in force|Unused/);
    const vex = compared.waivers.map((one) => ({ ...one, waiver: { ...one.waiver, source: 'openvex' as const } }));
    expect(render({ ...compared, waivers: vex })).not.toContain('Unused');
  });

  it('gives each reason once', () => {
    const failed = incomplete.engines.flatMap(({ status, reason }) =>
      status === 'failed' && reason !== undefined ? [reason] : [],
    );
    expect(failed.length).toBeGreaterThan(0);
    for (const reason of failed) expect(render(incomplete, 400).split(reason)).toHaveLength(2);
  });

  it('shows what is new compared with the base, and waivers with owner and reason', () => {
    const text = render(compared, 120);
    expect(text).toContain('\n1 new, 1 fixed, 2 unchanged against bbbbbbb\n');
    expect(text).toContain('critical  new  cel/privileged');
    expect(text).toContain('high      cel/require-limits');
    expect(text).toMatch(/Waived \(1\)\n.*cel\/latest-tag.*\n.*waived until 2027-01-31 by team-shop: The tag/);
    expect(text).not.toContain('Allowed by policy');
  });

  it('lists resources and images that are not evaluated', () => {
    expect(render(incomplete)).toContain('image registry.example/shop/web:1.4\n      not evaluated by any engine');
    expect(render(clean)).toContain('Coverage: 3 files, 3 resources, 1 image, all evaluated. 1 file skipped');
  });

  it.each(Object.keys(canned))('keeps to the width where words can be wrapped: %s', (name) => {
    const lines = render(canned[name] ?? clean, 80).split('\n');
    const tooLong = lines.filter((line) => line.length > 80 && line.trim().includes(' ') && !/^ {2}\S/.test(line));
    expect(tooLong.slice(0, 3)).toEqual([]);
  });

  it('differs by color only', () => {
    const plain = render(blocked);
    const colored = render(blocked, 100, true);
    expect(colored).not.toBe(plain);
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  it('lets no text from outside steer the terminal or start a line', () => {
    const text = render(hostile);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/^\s*(::|##\[)/m);
    expect(text).toContain('\\u{1b}[31mred');
  });

  it('shows all of a very long list', () => {
    expect(render(huge).match(/Finding number \d+ of/g)).toHaveLength(2_000);
  });
});
