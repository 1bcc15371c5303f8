import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
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
import type { Verdict } from '../../model/verdict.ts';
import { junitReporter } from './reporter.ts';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}
const Element: z.ZodType<Element> = z.lazy(() =>
  z.object({ tag: z.string(), attributes: z.record(z.string(), z.string()), text: z.string(), children: z.array(Element) }),
);
const script = `
import sys, json, xml.etree.ElementTree as e
def walk(n): return {"tag": n.tag, "attributes": n.attrib, "text": n.text or "", "children": [walk(c) for c in n]}
print(json.dumps(walk(e.fromstring(sys.stdin.buffer.read()))))`;

/** Read by Python's parser, which refuses what is not well-formed XML 1.0. */
function parse(verdict: Verdict): Element {
  const input = junitReporter.render(verdict, renderContext);
  return Element.parse(
    JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })),
  );
}
const suite = (root: Element, name: string): Element | undefined => root.children.find((child) => child.attributes.name === name);
const casesWith = (element: Element | undefined, tag: string): readonly Element[] =>
  (element?.children ?? []).filter((testCase) => testCase.children.some((child) => child.tag === tag));

describe('the JUnit report', () => {
  it.each(Object.entries({ ...canned, huge }))('is well-formed and counts right: %s', (_name, verdict) => {
    const root = parse(verdict);
    const total = (attribute: string): number =>
      root.children.reduce((sum, child) => sum + Number(child.attributes[attribute]), 0);
    for (const attribute of ['tests', 'failures', 'errors', 'skipped'])
      expect(total(attribute)).toBe(Number(root.attributes[attribute]));
    for (const child of root.children) {
      expect(child.children).toHaveLength(Number(child.attributes.tests));
      expect(casesWith(child, 'failure')).toHaveLength(Number(child.attributes.failures));
      expect(casesWith(child, 'error')).toHaveLength(Number(child.attributes.errors));
      expect(casesWith(child, 'skipped')).toHaveLength(Number(child.attributes.skipped));
      const names = child.children.map((testCase) => testCase.attributes.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('fails for what blocks, and only for that', () => {
    expect(parse(blocked).attributes.failures).toBe(String(blocked.counts.block));
    expect(parse(huge).attributes.failures).toBe('20');
    const root = parse(warned);
    expect(root.attributes).toMatchObject({ failures: '0', errors: '0' });
    expect(casesWith(suite(root, 'cel'), 'system-out').map((testCase) => testCase.attributes.name)).toEqual([
      'require-limits: Deployment pay/ledger at overlays/production/ledger.yaml:7:9',
      'latest-tag: Deployment shop/web at deploy/web.yaml:18',
    ]);
  });

  it('passes what was looked at without a finding, and nothing else', () => {
    const passing = (verdict: Verdict): readonly (string | undefined)[] =>
      (suite(parse(verdict), 'cel')?.children ?? [])
        .filter((testCase) => testCase.children.length === 0)
        .map((testCase) => testCase.attributes.name);
    expect(passing(clean)).toEqual([
      'resource Deployment shop/web (deploy/web.yaml:1)',
      'resource Deployment shop/api (charts/shop/templates/api.yaml:1)',
      'resource Deployment pay/ledger (base/ledger.yaml:1)',
    ]);
    expect(passing(warned)).toEqual(['resource Deployment shop/api (charts/shop/templates/api.yaml:1)']);
  });

  it('has an error for each fault and for each thing that could not be looked at', () => {
    const root = parse(incomplete);
    const [error] = casesWith(suite(root, 'k8s-gate'), 'error');
    expect(error?.attributes).toMatchObject({ classname: 'k8s-gate', file: 'charts/shop/templates/api.yaml' });
    expect(error?.children[0]?.attributes).toMatchObject({ type: 'RENDER_FAILED' });
    expect(casesWith(suite(root, 'k8s-gate'), 'error')).toHaveLength(2);
    expect(casesWith(suite(root, 'helm'), 'error')).toHaveLength(1);
  });

  it('shows whether a finding is new, and who waived it', () => {
    const cases = suite(parse(compared), 'cel')?.children ?? [];
    expect(cases[0]?.children[0]?.text).toContain('against the base: new');
    expect(cases[2]?.children[0]?.tag).toBe('system-out');
    expect(cases[2]?.children[0]?.text).toContain('severity medium, waived until 2027-01-31 by team-shop: The tag');
  });

  it('shows a skipped engine as skipped', () => {
    expect(casesWith(suite(parse(clean), 'kyverno'), 'skipped')[0]?.children[0]?.attributes.message).toBe(
      'no Kyverno policy is configured',
    );
  });

  it('keeps text from outside as text', () => {
    const root = parse(hostile);
    expect(root.children.flatMap((child) => child.children).every((child) => child.tag === 'testcase')).toBe(true);
    expect(casesWith(suite(root, 'k8s-gate'), 'error')[0]?.children[0]?.text).toContain(']]> -->');
  });
});
