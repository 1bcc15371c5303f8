import { describe, expect, it } from 'vitest';
import { policy } from '../../../test/support/policy-bench.ts';
import type { WaiverSet } from '../../model/waiver.ts';
import { exceptionNotes, withExceptions } from './policy-exceptions.ts';

const today = new Date('2026-11-25T12:00:00Z');
const none: WaiverSet = { waivers: [], selfWaiver: 'deny', ignored: [] };
const clusterPolicy = (kinds: string) => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: limits}
spec: {rules: [{name: cpu, match: {any: [{resources: {kinds: ${kinds}}}]}, validate: {deny: {}}}, {name: memory, match: {resources: {kinds: [Job]}}}]}
`;
const annotations = 'annotations: {k8s-gate.io/owner: team-shop, k8s-gate.io/expires: "2027-01-31"}';
const exception = (spec: string, notes = annotations, apiVersion = 'kyverno.io/v2') =>
  `apiVersion: ${apiVersion}\nkind: PolicyException\nmetadata: {name: let-me, namespace: shop, ${notes}}\nspec: ${spec}\n`;
const read = (spec: string, { kinds = '[Pod]', notes = annotations, apiVersion = 'kyverno.io/v2' } = {}) => {
  const files = [
    policy('kyverno', clusterPolicy(kinds), 'p.yaml'),
    policy('kyverno', exception(spec, notes, apiVersion), 'e.yaml'),
  ];
  return withExceptions(none, files, today);
};
const pairsOf = (spec: string, options = {}) =>
  read(spec, options).waivers.flatMap(({ rule, target, pairs }) =>
    (pairs ?? [{ rule, target }]).map((pair) => `${pair.rule} on ${pair.target}`),
  );
const match = (resources: string) => `match: {any: [{resources: ${resources}}]}`;
const exceptions = (names: string) => `exceptions: [{policyName: limits, ruleNames: [${names}]}]`;

describe('a PolicyException', () => {
  it('is a waiver of the rule for what it matches, with its owner and end', () => {
    const spec = `{${exceptions('cpu')}, ${match('{kinds: [Pod], namespaces: [shop], names: [web*]}')}}`;
    expect(read(spec)).toEqual({
      ...none,
      waivers: [
        {
          rule: 'kyverno/limits/cpu',
          target: 'Pod shop/web*',
          reason: 'exempted by PolicyException shop/let-me of Kyverno',
          owner: 'team-shop',
          expires: '2027-01-31',
          source: 'kyverno',
          file: 'e.yaml',
          line: 1,
        },
      ],
    });
  });

  it.each([
    ['any namespace', 'cpu', '{kinds: [Pod], names: [web]}', ['cpu on Pod web', 'cpu on Pod */web']],
    ['a kind with its group', 'memory', '{kinds: [batch/v1/Job], namespaces: [a]}', ['memory on Job a/*']],
    ['every kind of the rule', 'memory', '{namespaces: [a]}', ['memory on Job a/*']],
    ['another kind than the rule', 'memory', '{kinds: [Pod], namespaces: [a]}', []],
    ['a Deployment by the name of the rule for pods', 'cpu', '{kinds: [Deployment], namespaces: [a]}', []],
    [
      'a Deployment by the name that Kyverno generates',
      'autogen-cpu',
      '{kinds: [Deployment], namespaces: [a]}',
      ['cpu on Deployment a/*'],
    ],
    ['a CronJob', 'autogen-*', '{kinds: [CronJob], namespaces: [a]}', ['cpu on CronJob a/*']],
    [
      'rules by a wildcard',
      '"*"',
      '{kinds: [Pod, Job], namespaces: [a]}',
      ['cpu on Pod a/*', 'cpu on Job a/*', 'memory on Job a/*'],
    ],
    ['a rule that does not exist', 'gpu', '{kinds: [Pod], namespaces: [a]}', []],
  ])('exempts what Kyverno exempts: %s', (_what, names, resources, expected) => {
    const pairs = pairsOf(`{${exceptions(names)}, ${match(resources)}}`);
    expect(pairs).toEqual(expected.map((pair) => `kyverno/limits/${pair}`));
  });

  it('has no generated name where the rule is about the Deployment itself', () => {
    const spec = `{${exceptions('cpu')}, ${match('{kinds: [Deployment], namespaces: [a]}')}}`;
    expect(pairsOf(spec, { kinds: '[Pod, Deployment]' })).toEqual(['kyverno/limits/cpu on Deployment a/*']);
  });

  const scoped = match('{kinds: [Pod], namespaces: [a]}');
  it.each([
    [
      'without an end',
      `{${exceptions('cpu')}, ${scoped}}`,
      { notes: 'annotations: {k8s-gate.io/owner: a}' },
      'k8s-gate.io/expires',
    ],
    [
      'without an owner',
      `{${exceptions('cpu')}, ${scoped}}`,
      { notes: 'annotations: {k8s-gate.io/expires: "2027-01-31"}' },
      'owner',
    ],
    ['with no day', `{${exceptions('cpu')}, ${scoped}}`, { notes: annotations.replace('01-31', '02-30') }, '2027-02-30'],
    ['too far ahead', `{${exceptions('cpu')}, ${scoped}}`, { notes: annotations.replace('2027', '2028') }, '366 days'],
    ['of everything', `{${exceptions('cpu')}, ${match('{kinds: ["*"]}')}}`, {}, 'every resource'],
    ['with a selector', `{${exceptions('cpu')}, ${match('{kinds: [Pod], selector: {matchLabels: {a: b}}}')}}`, {}, '`selector`'],
    [
      'of a user',
      `{${exceptions('cpu')}, match: {any: [{resources: {kinds: [Pod], names: [a]}, subjects: []}]}}`,
      {},
      '`subjects`',
    ],
    ['with conditions', `{${exceptions('cpu')}, ${scoped}, conditions: {any: []}}`, {}, '`conditions`'],
    ['of controls of Pod Security', `{${exceptions('cpu')}, ${scoped}, podSecurity: []}`, {}, '`podSecurity`'],
    [
      'of several blocks at once',
      `{${exceptions('cpu')}, match: {all: [{resources: {kinds: [Pod]}}, {resources: {names: [a]}}]}}`,
      {},
      '`match`',
    ],
    ['of any and all', `{${exceptions('cpu')}, match: {any: [{resources: {kinds: [Pod], names: [a]}}], all: []}}`, {}, '`match`'],
    ['without a match', `{${exceptions('cpu')}}`, {}, '`match`'],
    ['of updates', `{${exceptions('cpu')}, ${match('{kinds: [Pod], names: [a], operations: [UPDATE]}')}}`, {}, 'new resources'],
    ['of no rule here', `{exceptions: [{policyName: other, ruleNames: [cpu]}], ${scoped}}`, {}, 'no rule'],
    [
      'of policies in CEL',
      '{policyRefs: [{name: limits, kind: ValidatingPolicy}]}',
      { apiVersion: 'policies.kyverno.io/v1' },
      'CEL',
    ],
  ])('waives nothing, for a reason that is reported: %s', (_what, spec, options, words) => {
    const found = read(spec, options);
    expect(found.waivers).toEqual([]);
    expect(found.ignored).toMatchObject([{ file: 'e.yaml', line: 1, reason: expect.stringContaining(words) }]);
  });

  it('is named in the notes of the run if it waives nothing', () => {
    const notes = exceptionNotes(
      [policy('kyverno', exception(`{${exceptions('cpu')}, ${scoped}}`, 'labels: {}'), 'e.yaml')],
      today,
    );
    expect(notes).toEqual([
      expect.stringMatching(/^e\.yaml:1: waives nothing: PolicyException shop\/let-me: a waiver needs an owner/),
    ]);
  });
});
