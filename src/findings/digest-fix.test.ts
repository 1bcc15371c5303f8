import { describe, expect, it } from 'vitest';
import { completed, engineFinding, manifestSet, resource } from '../../test/support/model.ts';
import type { EngineFinding } from '../model/finding.ts';
import { collectFindings } from './collect.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const images = ['shop/web:latest', `shop/web:1@sha256:${'2'.repeat(64)}`, 'shop/other:1', 'shop/web'];
const set = manifestSet({
  resources: [resource({ uid: 'obj-1', kind: 'Pod', object: { spec: { containers: images.map((image) => ({ image })) } } })],
});
const digests = { 'shop/web:latest': digest, 'shop/web': digest, [images[1] ?? '']: digest };
const at = (index: number, rest: readonly string[] = ['image']): EngineFinding['subject'] => ({
  kind: 'resource',
  resource: 'obj-1',
  path: ['spec', 'containers', index, ...rest],
});
/** The fix of one finding, with a run that resolved digests. */
function fixOf(part: Partial<EngineFinding>, known: Readonly<Record<string, string>> = digests) {
  const finding = engineFinding({ rule: 'no-latest-tag', subject: at(0), ...part });
  return collectFindings([completed({ findings: [finding] }), completed({ engine: 'trivy', digests: known })], set)[0]?.fix;
}

describe('a finding about an image', () => {
  it.each([
    ['cel', 'no-latest-tag'],
    ['cel', 'require-digest'],
    ['kube-linter', 'latest-tag'],
    ['trivy', 'KSV-0013'],
  ])('is fixed by the scanned digest: %s/%s', (engine, rule) => {
    const patch = [{ op: 'replace', path: '/spec/containers/0/image', value: `shop/web:latest@${digest}` }];
    expect(fixOf({ engine, rule, fix: { text: 'Pin it.' } })).toEqual({ text: 'Pin it.', patch });
  });

  it('without a tag keeps none', () => {
    expect(fixOf({ subject: at(3) })?.patch?.[0]?.value).toBe(`shop/web@${digest}`);
  });

  it.each([
    ['is about another field', { subject: at(0, ['name']) }],
    ['is about an image with a digest', { subject: at(1) }],
    ['is about an image that nobody scanned', { subject: at(2) }],
    ['comes from a rule that a digest does not satisfy', { rule: 'allowed-registries' }],
    ['comes from a rule of that name of another engine', { engine: 'kyverno' }],
  ] as const)('gets no patch where it %s', (_what, part) => {
    expect(fixOf(part)?.patch).toBeUndefined();
  });

  it('keeps the patch it has', () => {
    const patch = [{ op: 'remove', path: '/spec' }] as const;
    expect(fixOf({ fix: { text: 'x', patch } })?.patch).toBe(patch);
  });

  it('gets none where no digest is known', () => {
    expect(fixOf({}, {})).toBeUndefined();
  });
});
