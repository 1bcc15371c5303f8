import * as fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { publishContext } from '../../../test/support/changes.ts';
import { finding } from '../../../test/support/model.ts';
import { holds } from '../../../test/support/property.ts';
import {
  blocked,
  canned,
  clean,
  compared,
  hostile,
  hostileText,
  huge,
  incomplete,
  warned,
} from '../../../test/support/verdicts.ts';
import type { Finding } from '../../model/finding.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { Waiver } from '../../model/waiver.ts';
import { commentBudgetBytes } from '../limits.ts';
import type { PublishContext } from '../publisher.ts';
import { byteLength } from '../text.ts';
import { renderBody } from './body.ts';

const render = (verdict: Verdict, part: Partial<PublishContext> = {}): string =>
  renderBody(verdict, { ...publishContext, ...part });
/** As GitHub's parser reads it, with raw tags let through so that a smuggled one shows. */
const toHtml = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
const html = (verdict: Verdict, part?: Partial<PublishContext>): string => toHtml(render(verdict, part));
const ours = new Set('h2 h3 p ul li strong code br a table thead tbody tr th td details summary blockquote'.split(' '));

/** What a page must be whatever was in the verdict; GitHub's own filters run over the text that a reader sees. */
function expectSafe(page: string): void {
  const tags = [...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((tag) => tag[1] ?? '');
  expect(tags.filter((tag) => !ours.has(tag))).toEqual([]);
  for (const tag of ['details', 'table', 'ul', 'li', 'code', 'blockquote'])
    expect(page.split(`<${tag}>`).length, tag).toBe(page.split(`</${tag}>`).length);
  const text = page.replace(/<code>[\s\S]*?<\/code>/g, '').replace(/<[^>]*>/g, '');
  expect(text).not.toMatch(/@[\w-]|#\d|\bGH-\d|https?:\/\/|\bwww\.\w/i);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/);
  for (const [, href = '', label] of page.matchAll(/<a href="([^"]*)">(.*?)<\/a>/g)) {
    if (href.startsWith('https://github.example/octo/shop/')) continue;
    if (href === 'https://github.com/org/k8s-gate/blob/v1/docs/findings.md#existing-findings') continue;
    expect(new URL(href).protocol).toBe('https:');
    expect(label).toBe(new URL(href).host);
  }
}

const ofOneRule = (count: number, part: (index: number) => Partial<Finding> = () => ({})): Verdict => ({
  ...blocked,
  findings: Array.from(
    { length: count },
    (_, index): JudgedFinding => ({
      finding: finding({
        rule: 'privileged',
        title: `Container c${index} runs privileged`,
        severity: 'critical',
        detail: 'A privileged container can leave its sandbox.',
        fix: { text: 'Set privileged to false.' },
        locations: [{ file: 'deploy/all.yaml', line: 10 + index, precision: 'field' }],
        resources: [`Deployment shop/app-${index}`],
        ...part(index),
      }),
      action: 'block',
      decidedBy: 'default',
    }),
  ),
});

describe('the comment', () => {
  it.each([
    ['blocked', blocked],
    ['compared', compared],
    ['clean', clean],
    ['incomplete', incomplete],
    ['warned', warned],
  ])('of the canned verdict: %s', async (name, verdict) => {
    await expect(render(verdict)).toMatchFileSnapshot(`__snapshots__/${name}.md`);
  });

  it.each(Object.keys(canned))('is safe and whole: %s', (name) => {
    const text = render(canned[name] ?? clean);
    expect(byteLength(text)).toBeLessThanOrEqual(commentBudgetBytes);
    expectSafe(toHtml(text));
  });

  it('links the line of the head, from the root of the repository', () => {
    const text = render(ofOneRule(1), { pathPrefix: 'my apps', headLine: (_file, line) => line + 3 });
    expect(text).toContain(
      `[\`deploy/all.yaml:13\`](<https://github.example/octo/shop/blob/${'a'.repeat(40)}/my%20apps/deploy/all.yaml#L13>)`,
    );
  });

  it('links nothing where the head has no such line', () => {
    expect(render(ofOneRule(1), { headLine: () => undefined })).not.toContain('/blob/');
  });

  it('tells one rule in many places as one entry, and keeps each place', () => {
    const page = html(ofOneRule(50));
    expect(page).toContain('<strong>50 findings</strong> in one file');
    expect(page.split('can leave its sandbox')).toHaveLength(2);
    for (let index = 0; index < 50; index += 1) expect(page).toContain(`Container c${index} runs`);
  });

  it('lists the vulnerabilities of one image as one entry, with the version that fixes each', () => {
    const page = html(
      ofOneRule(3, (index) => ({
        engine: 'trivy',
        rule: `CVE-2026-100${index}`,
        sources: [{ engine: 'trivy', rule: `CVE-2026-100${index}`, severity: 'high' }],
        category: 'vulnerability',
        subject: { kind: 'image', reference: 'nginx:1.25', component: `lib${index} 1.0` },
        fix: { text: 'Update', fixedVersion: `1.${index}.9` },
      })),
    );
    expect(page).toContain('<strong>3 vulnerabilities</strong> in image <code>nginx:1.25</code>');
    expect(page).toContain(
      '<td><code>trivy/CVE-2026-1002</code></td>\n<td><code>lib2 1.0</code></td>\n<td><code>1.2.9</code></td>',
    );
  });

  it('shows new findings before those the base has, too', () => {
    const [a, b] = ofOneRule(2, (index) => ({ rule: `rule-${index}` })).findings;
    if (a === undefined || b === undefined) throw new Error('two findings');
    const text = render({
      ...compared,
      findings: [
        { ...a, state: 'unchanged' },
        { ...b, state: 'new' },
      ],
    });
    expect(text.indexOf('rule-1')).toBeLessThan(text.indexOf('rule-0'));
    expect(text).toContain('Of the 2 that must be fixed, 1 is new.');
  });

  it('explains why there is no comparison, and calls nothing new', () => {
    const findings = ofOneRule(1).findings.map((judged): JudgedFinding => ({ ...judged, state: 'new' }));
    const text = render({ ...blocked, findings, comparison: { status: 'unavailable', reason: 'the base does not render' } });
    expect(text).toContain('Not compared with another commit, so every finding counts as new: the base does not render');
    expect(text).not.toContain('`new`');
  });

  it('lists errors before blocking findings only if the outcome is error', () => {
    const both = render({ ...incomplete, outcome: 'block', findings: ofOneRule(1).findings });
    expect(both.indexOf('### Must be fixed')).toBeLessThan(both.indexOf('### Evaluation errors'));
    const neither = render({ ...incomplete, findings: ofOneRule(1).findings });
    expect(neither.indexOf('### Evaluation errors')).toBeLessThan(neither.indexOf('### Must be fixed'));
  });

  it('never folds uncovered items', () => {
    expect(render(incomplete).split('<details>')[0]).toContain(
      '- image `registry.example/shop/web:1.4`: not evaluated by any engine',
    );
  });

  it('folds many warnings, and leaves few open', () => {
    const warn = (count: number): Verdict => ({
      ...warned,
      findings: ofOneRule(count).findings.map((judged) => ({ ...judged, action: 'warn' })),
    });
    expect(render(warn(5))).toContain('### Warnings (5)');
    expect(render(warn(6))).toContain('<details><summary>Warnings: 6 findings (6 critical)</summary>');
  });

  it('ends a sentence before it links to more', () => {
    const text = render(ofOneRule(1, () => ({ fix: { text: 'Update', fixedVersion: '2.0' }, helpUrl: 'https://a.example/x' })));
    expect(text).toContain('**Fix:** Update (fixed in 2.0). More: [a.example]');
  });

  it('groups engines that did not run by reason, and omits missing versions', () => {
    const [engine] = blocked.engines;
    if (engine === undefined) throw new Error('an engine');
    const off = (title: string, reason: string) => ({ ...engine, title, status: 'skipped' as const, reason });
    const engines = [
      off('Trivy', 'switched off'),
      { ...engine, title: 'Own', version: '' },
      off('OPA', 'no policy'),
      off('X', 'switched off'),
    ];
    expect(render({ ...blocked, engines })).toContain(
      'Engines: Own · not run: Trivy, X (switched off) · not run: OPA (no policy)\n',
    );
  });

  it('links to the attempt that it is of', () => {
    const run = { ...publishContext.change.run, attempt: 2 };
    const text = render(huge, { change: { ...publishContext.change, run } });
    expect(text).not.toMatch(/runs\/4711>/);
    expect(text).toContain('[Job summary](<https://github.example/octo/shop/actions/runs/4711/attempts/2>)');
  });

  describe('with mentions', () => {
    const comment = { onlyFindings: false, mentionOwners: true };
    const owned = (owners: readonly string[], part: Partial<JudgedFinding> = {}): Verdict => ({
      ...compared,
      findings: ofOneRule(1, () => ({ owners })).findings.map((judged) => ({ ...judged, state: 'new', ...part })),
    });

    it('names each owner of new findings once, outside of code', () => {
      const { findings } = ofOneRule(3, (index) => ({ owners: ['@org/shop', `@dev-${index}`] }));
      const text = render({ ...compared, findings: findings.map((judged) => ({ ...judged, state: 'new' })) }, { comment });
      expect(text).toContain('\n\nOwners of new findings: @org/shop, @dev-0, @dev-1, @dev-2\n\n');
      expect(text.match(/@org\/shop/g)).toHaveLength(1);
    });

    it.each<[string, Verdict, Partial<PublishContext>]>([
      ['without the option', owned(['@org/shop']), {}],
      ['for the report of a fork', owned(['@org/shop']), { comment, untrusted: true }],
      ['for an existing finding', owned(['@org/shop'], { state: 'unchanged' }), { comment }],
      [
        'for a finding that is not compared',
        { ...blocked, findings: ofOneRule(1, () => ({ owners: ['@org/shop'] })).findings },
        { comment },
      ],
      ['for an allowed finding', owned(['@org/shop'], { action: 'allow' }), { comment }],
      ['by an address', owned(['dev@shop.example']), { comment }],
      [
        'by anything but a name',
        owned(['@a b', '@org/x](https://evil.example)', '@<b>', '@a/b/c', `@${'a'.repeat(200)}`]),
        { comment },
      ],
    ])('mentions nobody %s', (_what, verdict, part) => {
      expect(render(verdict, part)).not.toMatch(/@|Owners of/);
    });

    it('mentions at most ten', () => {
      const owners = Array.from({ length: 12 }, (_, index) => `@o${index}`);
      expect(render(owned(owners), { comment })).toContain(', @o9 and 2 more\n');
    });
  });

  it('explains why a waiver is refused', () => {
    const [use] = compared.waivers;
    if (use === undefined) throw new Error('a waiver');
    const text = render({ ...compared, waivers: [{ ...use, status: 'refused', reason: 'it has no owner' }] });
    expect(text).toMatch(/- \*\*refused\*\* `cel\/latest-tag` on .*\\\n {2}\*\*Refused:\*\* it has no owner\\\n/);
  });

  it('names its gate where there may be several', () => {
    expect(render(blocked, { gateName: 'k8s-gate production' })).toMatch(/^## k8s-gate production: ⛔ 4 findings block/);
    expect(render(blocked)).toMatch(/^## ⛔ 4 findings block/);
  });

  it("of a fork's own run is marked as such and links to no address of its findings", () => {
    const rows = ofOneRule(2, (index) => ({
      category: 'vulnerability',
      subject: { kind: 'image', reference: 'nginx:1.25', component: `lib${index}` },
      helpUrl: 'https://evil.example/x',
    }));
    const page = html({ ...blocked, findings: [...blocked.findings, ...rows.findings] }, { untrusted: true });
    expect(page).toContain('the required check is the job.');
    expect(
      [...page.matchAll(/href="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('https://github.example/octo/shop/')),
    ).toEqual([]);
  });

  it('counts what does not fit, and is whole at each length', () => {
    for (const budget of [6_000, 7_777, 12_345, commentBudgetBytes]) {
      const text = renderBody(huge, publishContext, budget);
      expect(byteLength(text)).toBeLessThanOrEqual(budget);
      expectSafe(toHtml(text));
      const [, left] = /\*\*(\d+) more\*\* did not fit/.exec(text) ?? [];
      expect(Number(left)).toBeGreaterThan(0);
    }
    const blocking = renderBody(huge, publishContext, 6_000).split('### Warnings')[0]?.split('<details>')[0] ?? '';
    const shown = new Set(blocking.match(/Finding number \d+/g)).size;
    expect(blocking).toContain(`**${20 - shown} more** did not fit here: see [the job summary]`);
  });
});

it('counts findings, not entries, where entries of many findings are cut', () => {
  const verdict = ofOneRule(300);
  const text = renderBody(verdict, publishContext, 20_000);
  const shown = new Set(text.match(/Container c\d+ /g)).size;
  expect(shown).toBeGreaterThan(5);
  expect(text).toContain(`**${300 - shown} more** did not fit here`);
});

const dangerous = fc.oneof(
  fc.constant(hostileText),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: fc.constantFrom(...'`|\\<>*_[]()!#@:/.-+=~&;$\n a1w'), maxLength: 60 }),
  fc.constantFrom('</details>', '- x', '1. x', '~~~', '`a``b`', '\\', '-->', '> [!NOTE]', 'a`', '` `'),
);
const verdicts: fc.Arbitrary<Verdict> = fc
  .record({
    text: dangerous,
    other: dangerous,
    blockers: fc.nat(70),
    warnings: fc.nat(30),
    holes: fc.nat(40),
    kind: fc.constantFrom('resource' as const, 'image' as const),
    state: fc.constantFrom('new' as const, 'unchanged' as const),
  })
  .map(({ text, other, blockers, warnings, holes, kind, state }) => {
    const waiver: Waiver = {
      ...{ rule: text, target: other, reason: text, owner: other, expires: text, file: other, line: 1 },
      source: 'waivers',
    };
    const one = (index: number): Finding =>
      finding({
        ...{ engine: other, rule: text, title: `${text}${index}`, detail: other, severity: 'critical' },
        category: kind === 'image' ? 'vulnerability' : 'policy',
        subject: kind === 'image' ? { kind, reference: other, component: text } : { kind, resource: text, path: [text] },
        fix: { text: other, fixedVersion: text },
        helpUrl: `https://evil.example/${text}`,
        locations: [{ file: text || 'x', line: 1, precision: 'parent' }],
        resources: [other, text],
        environments: [text],
      });
    const judged = (index: number): JudgedFinding => ({
      finding: one(index),
      action: index < blockers ? 'block' : index % 2 === 0 ? 'warn' : 'allow',
      decidedBy: text,
      state,
      waiver,
    });
    return {
      ...hostile,
      reason: text,
      findings: Array.from({ length: blockers + warnings }, (_, index) => judged(index)),
      comparison: { status: 'compared', baseSha: 'b'.repeat(40), new: 1, unchanged: 2, fixed: [one(0)] },
      waivers: (['refused', 'expired', 'unused', 'in-force'] as const).map((status) => ({
        waiver,
        status,
        findings: 1,
        reason: other,
      })),
      coverage: Array.from({ length: holes }, () => ({ kind: 'image', label: text, source: other, entries: [] })),
    };
  });

describe('any verdict', () => {
  it('the comment fits, is whole, and mentions and links nobody', () => {
    holds(
      fc.property(verdicts, dangerous, fc.boolean(), (verdict, gateName, untrusted) => {
        const text = render(verdict, { gateName, untrusted });
        expect(byteLength(text)).toBeLessThanOrEqual(commentBudgetBytes);
        expectSafe(toHtml(text));
      }),
      40,
    );
  });
});
