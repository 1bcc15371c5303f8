import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pullRequestChange } from '../../../test/support/changes.ts';
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
  renderContext,
} from '../../../test/support/verdicts.ts';
import { categories } from '../../model/category.ts';
import type { Finding } from '../../model/finding.ts';
import { GateError, gateErrorCodes } from '../../model/gate-error.ts';
import { actions, severities } from '../../model/severity.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { readReport } from './read.ts';
import { jsonReporter } from './reporter.ts';

const write = (verdict: Verdict): string => jsonReporter.render(verdict, { ...renderContext, change: pullRequestChange });
const back = (verdict: Verdict): Verdict => readReport(write(verdict), 'report.json').verdict;
const refusal = (text: string): GateError => {
  try {
    readReport(text, 'report.json');
  } catch (thrown) {
    if (thrown instanceof GateError) return thrown;
    throw thrown;
  }
  throw new Error('the report was taken');
};

/** The hostile verdict as an honest gate would have made it: the texts stay, paths and addresses are ones it lets in. */
const tamed: Verdict = {
  ...hostile,
  findings: hostile.findings.map(({ finding: { helpUrl: _dropped, ...found }, ...judged }) => ({
    ...judged,
    finding: { ...found, locations: found.locations.map((location) => ({ ...location, file: hostileText })) },
  })),
};

describe('a report that is read back', () => {
  it.each(Object.entries({ ...canned, huge }).filter(([name]) => name !== 'hostile'))(
    'is the verdict it was made from: %s',
    (_name, verdict) => {
      expect(back(verdict)).toEqual(verdict);
    },
  );

  it('keeps hostile text to the letter and large integers to the digit', () => {
    expect(back(tamed)).toEqual(tamed);
  });

  it('states when it was made, by which version and of which change', () => {
    const { generatedAt, gateVersion, change } = readReport(write(clean), 'report.json');
    expect({ generatedAt, gateVersion, change }).toEqual({
      generatedAt: renderContext.generatedAt,
      gateVersion: '1.2.3',
      change: { repository: 'octo/shop', headSha: 'a'.repeat(40), baseSha: 'b'.repeat(40), pullRequest: 7 },
    });
  });

  it('is the verdict it was made from, whatever that was', () => {
    holds(
      fc.property(anyVerdict(), (verdict) => {
        expect(back(verdict)).toEqual(verdict);
      }),
      200,
    );
  });
});

describe('a report that is refused', () => {
  const without = (name: string): string => {
    const { [name]: _gone, ...rest } = JSON.parse(write(blocked));
    return JSON.stringify(rest);
  };
  const edited = (verdict: Verdict, from: string | RegExp, to: string): string => {
    const text = write(verdict);
    const changed = text.replace(from, () => to);
    expect(changed).not.toBe(text);
    return changed;
  };

  it.each<[string, string, RegExp]>([
    ['is not JSON', '{"schemaVersion": 1', /not JSON/],
    ['is another JSON', '[]', /the report must be a map/],
    ['lacks a part', without('coverage'), /`coverage` is missing/],
    ['passes with blocking findings', edited(blocked, '"outcome": "block"', '"outcome": "pass"'), /outcome is pass/],
    ['passes with errors', edited(incomplete, '"outcome": "error"', '"outcome": "pass"'), /outcome is pass/],
    ['hides what it blocks in its counts', edited(blocked, '"block": 4', '"block": 0'), /counts\.block is 0/],
    ['miscounts severities', edited(blocked, '"critical": 3', '"critical": 2'), /severities\.critical is 2/],
    [
      'has an action nobody knows',
      edited(blocked, '"action": "block"', '"action": "ignore"'),
      /`action` of item 1 of `findings` must be one of/,
    ],
    ['miscounts what is new', edited(compared, '"new": 1', '"new": 0'), /comparison\.new is 0/],
    [
      'waives what blocks',
      write({ ...compared, findings: compared.findings.map(waived) }),
      /has a waiver, but its action is block/,
    ],
    ['leaves the repository', edited(blocked, '"file": "deploy/web.yaml"', '"file": "../../etc/passwd"'), /not a path below/],
    ['names an absolute path', edited(incomplete, '"file": "charts/', '"file": "/charts/'), /errors\[0\]\.file is not a path/],
    ['links to anything', edited(blocked, '"https://avd', '"javascript://avd'), /helpUrl is not an https address/],
    [
      'has a number for a text',
      edited(blocked, '"no Kyverno policy is configured"', '12345678901234567890'),
      /`reason` of item 3 of `engines` must be a string/,
    ],
    [
      'is nested deep',
      edited(clean, '"coverage": [', `"deep": ${'['.repeat(5_000)}${']'.repeat(5_000)}, "coverage": [`),
      /nested deeper/,
    ],
    ['has an endless text', edited(clean, '"no findings"', JSON.stringify('x'.repeat(100_001))), /more than 100000 characters/],
    ['is too large', write(clean) + ' '.repeat(20_000_000), /bytes, more than 20000000/],
    ['is about no commit', edited(clean, `"headSha": "${'a'.repeat(40)}"`, '"headSha": "main\\ud800"'), /change\.headSha/],
    [
      'compares with no commit',
      edited(compared, /"baseSha": "b{40}",\s+"new"/, '"baseSha": "bbbbbbb", "new"'),
      /comparison\.baseSha/,
    ],
    ['is about no repository', edited(clean, '"octo/shop"', '"octo/shop/../x"'), /change\.repository/],
  ])('where it %s', (_what, text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('REPORT_UNTRUSTED');
    expect(error.details).toMatchObject({ file: 'report.json', message: expect.stringMatching(message) });
  });

  it('where its paths and addresses are what an attacker would write', () => {
    expect(refusal(write(hostile)).message).toMatch(/not a path below the repository|not an https address/);
  });
});

function waived(judged: JudgedFinding): JudgedFinding {
  const [use] = compared.waivers;
  return use === undefined ? judged : { ...judged, waiver: use.waiver };
}

const anyText = () =>
  fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(hostileText, '12345678901234567890', '"', '\\'));
/** In the model an integer outside the safe range is a bigint. */
const inModel = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
const anyJson = () =>
  fc.oneof(
    fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).map((value): unknown => JSON.parse(JSON.stringify(value), inModel)),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.bigInt({ min: -(2n ** 80n), max: -(2n ** 53n) }).map((value) => ({ list: [value, `${value}`] })),
  );

function anyFinding(): fc.Arbitrary<Finding> {
  const file = fc.constantFrom('a.yaml', 'b/ä.yaml', '.hidden/"x".yaml');
  const location = fc.record(
    { file, line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }), precision: fc.constant('field' as const) },
    { requiredKeys: ['file', 'line', 'precision'] },
  );
  const patch = fc.array(fc.record({ op: fc.constant('add' as const), path: anyText(), value: anyJson() }), { maxLength: 2 });
  const fix = fc.record({ text: anyText(), fixedVersion: anyText(), patch }, { requiredKeys: ['text'] });
  const subject = fc.oneof(
    fc.record({
      kind: fc.constant('resource' as const),
      resource: anyText(),
      path: fc.array(fc.oneof(anyText(), fc.nat()), { maxLength: 3 }),
    }),
    fc.record(
      { kind: fc.constant('image' as const), reference: anyText(), component: anyText() },
      { requiredKeys: ['kind', 'reference'] },
    ),
    fc.record({ kind: fc.constant('file' as const), location }),
    fc.record({ kind: fc.constant('cluster' as const), node: anyText() }),
  );
  return fc
    .record(
      {
        title: anyText(),
        rule: anyText(),
        detail: anyText(),
        severity: fc.constantFrom(...severities),
        category: fc.constantFrom(...categories),
        subject,
        fix,
        locations: fc.array(location, { maxLength: 2 }),
        environments: fc.array(anyText(), { maxLength: 2 }),
      },
      { requiredKeys: ['title', 'rule', 'severity', 'category', 'subject', 'locations', 'environments'] },
    )
    .map((part) => finding(part));
}

/** Any verdict a gate could reach: its numbers and outcome follow from its findings and errors. */
function anyVerdict(): fc.Arbitrary<Verdict> {
  const judged = fc.record({
    finding: anyFinding(),
    action: fc.constantFrom(...actions),
    decidedBy: anyText(),
    state: fc.constantFrom('new' as const, 'unchanged' as const),
  });
  const error = fc
    .tuple(
      fc.constantFrom(...gateErrorCodes),
      fc.record({ message: anyText(), line: fc.integer({ min: 1 }) }, { requiredKeys: ['message'] }),
    )
    .map(([code, details]) => new GateError(code, details));
  return fc
    .record({
      findings: fc.array(judged, { maxLength: 4 }),
      errors: fc.array(error, { maxLength: 2 }),
      reason: anyText(),
      fixed: fc.array(anyFinding(), { maxLength: 2 }),
    })
    .map(({ findings, errors, reason, fixed }): Verdict => {
      const by = (action: string): number => findings.filter((found) => found.action === action).length;
      const severe = (severity: string): number => findings.filter((found) => found.finding.severity === severity).length;
      const inState = (state: string): number => findings.filter((found) => found.state === state).length;
      const counts = { block: by('block'), warn: by('warn'), allow: by('allow') };
      return {
        ...compared,
        outcome: counts.block > 0 ? 'block' : errors.length > 0 ? 'error' : counts.warn > 0 ? 'warn' : 'pass',
        reason,
        findings,
        errors,
        counts,
        severities: {
          critical: severe('critical'),
          high: severe('high'),
          medium: severe('medium'),
          low: severe('low'),
          unknown: severe('unknown'),
        },
        comparison: { status: 'compared', baseSha: 'b'.repeat(40), new: inState('new'), unchanged: inState('unchanged'), fixed },
      };
    });
}
