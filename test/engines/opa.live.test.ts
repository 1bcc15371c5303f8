import { afterAll, describe, expect, it } from 'vitest';
import { opaEngine } from '../../src/engines/opa/engine.ts';
import { listener } from '../support/listener.ts';
import {
  errorsOf,
  examplePolicy,
  judgeByPolicies,
  manifest,
  policy,
  refusal,
  statusesOf,
  summary,
} from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';

const tool = await installedTool('opa');
const rego = (...lines: readonly string[]) => policy('rego', lines.join('\n'));
const judge = (bench: Partial<Parameters<typeof judgeByPolicies>[1]>) =>
  judgeByPolicies(opaEngine, { tool, policies: [], resources: [settings], ...bench });

const settings = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}');
const badPod = manifest(
  '{apiVersion: v1, kind: Pod, metadata: {name: bad}, spec: {containers: [{name: web, image: "docker.io/library/nginx:1"}]}}',
);
const goodPod = manifest(
  '{apiVersion: v1, kind: Pod, metadata: {name: good}, spec: {containers: [{name: web, image: "registry.example.com/web:1", resources: {limits: {cpu: 1, memory: 1Gi}}}]}}',
);

describe.skipIf(tool === undefined)(`opa, live${tool === undefined ? ' (skipped: no opa in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('judges by the shipped examples', async () => {
    const files = ['allowed_registries', 'required_labels', 'require_limits'].flatMap((name) => [
      `${name}.rego`,
      `${name}_test.rego`,
    ]);
    const bad = manifest(
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [{name: a, image: x}]}}}}',
    );
    const run = await judge({ policies: files.map((file) => examplePolicy('rego', file)), resources: [bad, goodPod] });
    expect(summary(run.findings)).toEqual([
      'allowed_registries.deny critical web spec.template.spec.containers[0].image',
      'require_limits.deny high web spec.template.spec.containers[0].resources.limits.cpu',
      'require_limits.deny high web spec.template.spec.containers[0].resources.limits.memory',
      'required_labels.deny medium web metadata.labels.team',
      'required_labels.deny medium web metadata.labels["app.kubernetes.io/name"]',
    ]);
    expect(statusesOf(run)).toEqual({ web: 'evaluated', good: 'evaluated' });
    expect(run.notes).toEqual([]);
  });

  it('reads severity, id, title and link from METADATA, and warn as medium', async () => {
    const own = rego(
      'package main',
      '# METADATA',
      '# title: No settings',
      '# description: They belong elsewhere.',
      '# related_resources: [{ref: "https://example.com/settings"}]',
      '# custom: {severity: critical, id: SET-1}',
      'deny_settings contains "no" if input.kind == "ConfigMap"',
      'warn contains "perhaps" if input.kind == "ConfigMap"',
    );
    const run = await judge({ policies: [own] });
    expect(summary(run.findings)).toEqual(['main.deny_settings:SET-1 critical settings', 'main.warn medium settings']);
    expect(run.findings[0]).toMatchObject({
      title: 'no',
      detail: 'They belong elsewhere.',
      helpUrl: 'https://example.com/settings',
    });
  });

  it('never guesses a severity it does not know', async () => {
    const own = rego('package main', 'deny contains {"msg": "x", "severity": "catastrophic"} if true');
    expect(summary((await judge({ policies: [own] })).findings)).toEqual(['main.deny unknown settings']);
  });

  it('joins rules of one name from several files', async () => {
    const one = policy('rego', 'package main\ndeny contains "one" if true', 'a.rego');
    const two = policy('rego', 'package main\ndeny contains "two" if true', 'b.rego');
    expect((await judge({ policies: [one, two] })).findings.map((found) => found.title)).toEqual(['one', 'two']);
  });

  it('takes a dotted head and a plain true', async () => {
    const own = rego('package shop.images', 'deny.tag contains "tag" if true', 'violation if true');
    expect(summary((await judge({ policies: [own] })).findings)).toEqual([
      'shop.images.deny.tag high settings',
      'shop.images.violation high settings',
    ]);
  });

  it('reads Rego v0 if configured to', async () => {
    const own = rego('package main', 'deny[msg] { input.kind == "ConfigMap"; msg := "old" }');
    const run = await judge({ policies: [own], options: { regoVersion: 'v0' } });
    expect(summary(run.findings)).toEqual(['main.deny high settings']);
    expect(await refusal(judge({ policies: [own] }))).toMatchObject({
      code: 'POLICY_INVALID',
      details: { file: 'policies/own.rego', line: 2 },
    });
  });

  it('gives data from the configuration, and every digit of a large number', async () => {
    const own = rego('package main', 'deny contains sprintf("%v %v", [data.teams, input.spec.uid]) if true');
    const large = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: large}, spec: {uid: 9223372036854775807}}');
    const run = await judge({ policies: [own], resources: [large], options: { data: { teams: ['a'] } } });
    expect(run.findings.map((found) => found.title)).toEqual(['["a"] 9223372036854775807']);
  });

  it('gives data of files next to the policies, merged with the configuration', async () => {
    const own = rego(
      'package main',
      'deny contains sprintf("%v", [data.exempt]) if not input.metadata.name in data.exempt.names',
    );
    const run = await judge({
      policies: [own, policy('rego', 'exempt:\n  names: [other]\n', 'policies/data/names.yaml')],
      options: { data: { exempt: { a: 1 } } },
    });
    expect(run.findings.map(({ title, severity }) => [title, severity])).toEqual([['{"a": 1, "names": ["other"]}', 'high']]);
  });

  it.each([
    ['defined twice', 'exempt: {a: 2}\n', { file: 'd.yaml' }, 'data.exempt.a is defined twice'],
    ['several documents', 'b: 1\n---\nc: 1\n', { file: 'd.yaml', line: 3 }, 'several documents'],
    ['of a reserved name', 'k8s_gate_run: 1\n', { file: 'd.yaml' }, 'reserved'],
  ])('refuses a data file: %s', async (_what, text, place, words) => {
    const own = rego('package main', 'deny contains "x" if data.exempt.a == 5');
    const refused = await refusal(
      judge({ policies: [own, policy('rego', text, 'd.yaml')], options: { data: { exempt: { a: 1 } } } }),
    );
    expect(refused).toMatchObject({ code: 'POLICY_INVALID', details: place });
    expect(refused.message).toContain(words);
  });

  it('gives all resources at once in combined mode', async () => {
    const own = rego(
      'package main',
      'deny contains {"msg": "two of them", "uid": input[i].uid} if { some i; count(input) == 2; input[i].contents.kind == "Pod" }',
      'deny contains "in total" if count(input) == 2',
    );
    const run = await judge({ policies: [own], resources: [settings, badPod], options: { combine: true } });
    expect(summary(run.findings)).toEqual(['main.deny high bad', 'main.deny high policies/own.rego:2']);
    expect(statusesOf(run)).toEqual({ settings: 'evaluated', bad: 'evaluated' });
  });

  it.each([
    ['for all resources at once', false, ['deny contains "x" if input[i].contents.kind == "Pod"'], 'combine: true'],
    [
      'for all resources at once, in a loop',
      false,
      ['deny contains "x" if { some i; input[i].contents.kind == "Pod" }'],
      'combine: true',
    ],
    ['for one resource', true, ['deny contains "x" if input.kind == "Pod"'], 'Remove `combine`'],
  ])('refuses a rule that the other input is undefined for: %s', async (_what, combine, lines, next) => {
    const judged = judge({ policies: [rego('package main', ...lines)], options: { combine } });
    expect(await refusal(judged)).toMatchObject({
      code: 'POLICY_INVALID',
      details: { file: 'policies/own.rego', line: 2, next: expect.stringContaining(next) },
    });
  });

  it('keeps a rule that reads both, or all of the input', async () => {
    const any = [
      'deny contains "x" if { some value in input; value == "v1" }',
      'warn contains "y" if { walk(input, [_, "Pod"]) }',
    ];
    expect(summary((await judge({ policies: [rego('package main', ...any)], resources: [badPod] })).findings)).toEqual([
      'main.deny high bad',
      'main.warn medium bad',
    ]);
    const both = ['deny contains "x" if input[0].contents', 'deny contains "y" if input.kind == "Pod"'];
    expect(summary((await judge({ policies: [rego('package main', ...both)], resources: [badPod] })).findings)).toEqual([
      'main.deny high bad',
    ]);
  });

  it('names the policy and the resource where a rule stumbles, and judges the others', async () => {
    const own = rego(
      'package main',
      'deny contains "big" if { input.kind == "Pod"; to_number(input.metadata.name) > 1 }',
      'warn contains "seen" if true',
    );
    const run = await judge({
      policies: [own],
      resources: [settings, badPod, goodPod, manifest('{apiVersion: v1, kind: Pod, metadata: {name: "7"}}')],
    });
    expect(statusesOf(run)).toEqual({ settings: 'evaluated', bad: 'failed', good: 'failed', '7': 'evaluated' });
    expect(errorsOf(run)[0]).toMatchObject({ code: 'POLICY_INVALID', details: { file: 'policies/own.rego', line: 2 } });
    expect(errorsOf(run)[0]?.message).toContain('Pod bad');
    expect(summary(run.findings)).toEqual([
      'main.deny high 7',
      'main.warn medium 7',
      'main.warn medium bad',
      'main.warn medium good',
      'main.warn medium settings',
    ]);
  });

  it('keeps what other rules report about a resource, however many rules fail on it', async () => {
    const failing = Array.from(
      { length: 9 },
      (_, index) => `deny_f${index} contains "x" if to_number(input.metadata.name) > ${index}`,
    );
    const passing = Array.from({ length: 9 }, (_, index) => `deny_p${index} contains "x" if input.kind == "ConfigMap"`);
    const mixed = failing.flatMap((line, index) => [line, passing[index] ?? '']);
    const few = await judge({ policies: [rego('package main', ...mixed.slice(0, 6))] });
    expect(statusesOf(few)).toEqual({ settings: 'failed' });
    expect(summary(few.findings)).toEqual([
      'main.deny_p0 high settings',
      'main.deny_p1 high settings',
      'main.deny_p2 high settings',
    ]);
    const many = await judge({ policies: [rego('package main', ...mixed)] });
    expect(statusesOf(many)).toEqual({ settings: 'failed' });
    expect(many.findings.length).toBeGreaterThan(3);
  });

  it('keeps findings of other rules if the value of one is invalid', async () => {
    const run = await judge({ policies: [rego('package main', 'deny contains 1 if true', 'warn contains "seen" if true')] });
    expect(statusesOf(run)).toEqual({ settings: 'failed' });
    expect(summary(run.findings)).toEqual(['main.warn medium settings']);
  });

  it.each<[string, readonly string[]]>([
    ['in the rule', ['deny contains "x" if data.forbidden[input.kind]']],
    ['by an index', ['deny contains "x" if data["forbidden"][input.kind]']],
    ['through another rule', ['is_bad if data.forbidden[input.kind]', 'deny contains "x" if is_bad']],
    ['through a function', ['is_bad(kind) if data.forbidden[kind]', 'deny contains "x" if is_bad(input.kind)']],
    ['through a package', ['import data.lib', 'deny contains "x" if lib.is_bad(input.kind)']],
    ['through an import with a name', ['import data.forbidden as no', 'deny contains "x" if no[input.kind]']],
    ['in a comprehension', ['deny contains "x" if count([k | some k in data.forbidden; k == input.kind]) > 0']],
    ['a name that a package does not have', ['deny contains "x" if data.lib.forbidden[input.kind]']],
    ['a key that the configuration does not have', ['deny contains "x" if data.config.forbidden[input.kind]']],
    ['in an else', ['n := 1 if { input.kind == "x" } else := data.forbidden', 'deny contains "x" if n == "y"']],
  ])('is not sure of a rule that reads data defined nowhere: %s', async (_what, lines) => {
    const lib = policy('rego', 'package lib\nis_bad(kind) if data.forbidden[kind]', 'lib.rego');
    const run = await judge({ policies: [rego('package main', ...lines), lib], options: { data: { config: { a: 1 } } } });
    expect(summary(run.findings)).toEqual(['main.deny unknown settings']);
    expect(run.findings[0]?.title).toMatch(/data\.(?:lib\.|config\.)?forbidden is undefined/);
    expect(run.findings[0]?.detail).toMatch(/^(?:policies\/own|lib)\.rego:\d+ reads data/);
  });

  it.each<[string, readonly string[]]>([
    ['the configuration', ['deny contains "x" if data.config.list[_] == input.kind']],
    ['the configuration, below a list', ['deny contains "x" if data.config.list.a.b == input.kind']],
    ['a package', ['deny contains "x" if data.lib.list[_] == input.kind']],
    ['all of a package', ['deny contains "x" if data.lib[input.kind]']],
    ['a package by import', ['import data.lib.list', 'deny contains "x" if list[_] == input.kind']],
    ['its own package', ['list := ["x"]', 'deny contains "x" if data.main.list[_] == input.kind']],
    ['nothing that a rule reads', ['other if data.forbidden', 'deny contains "x" if input.kind == "x"']],
    ['a test', ['test_deny if { deny with data.forbidden as [] }', 'deny contains "x" if input.kind == "x"']],
  ])('is sure of a rule whose data is defined: by %s', async (_what, lines) => {
    const lib = policy('rego', 'package lib\nlist := ["x"]', 'lib.rego');
    const run = await judge({ policies: [rego('package main', ...lines), lib], options: { data: { config: { list: ['x'] } } } });
    expect(run.findings).toEqual([]);
  });

  it('reports what a rule rejects even if it reads missing data, and is not sure of all resources together', async () => {
    const own = rego('package main', 'deny contains "kind" if input.kind == "ConfigMap"', 'deny contains "x" if data.a.b');
    expect(summary((await judge({ policies: [own] })).findings)).toEqual(['main.deny high settings']);
    const together = rego(
      'package main',
      'deny contains "kind" if input[_].contents.kind == "Pod"',
      'deny contains "x" if data.a.b',
    );
    const all = await judge({ policies: [together], options: { combine: true } });
    expect(summary(all.findings)).toEqual(['main.deny unknown policies/own.rego:2']);
  });

  it('notes exceptions of conftest, and reports what they exempt', async () => {
    const own = rego('package main', 'deny_x contains "x" if true', 'exception contains ["x"] if true');
    const run = await judge({ policies: [own] });
    expect(summary(run.findings)).toEqual(['main.deny_x high settings']);
    expect(run.notes).toEqual([expect.stringContaining('not honored')]);
  });

  it('accepts what only `opa check --strict` refuses, unless configured', async () => {
    const own = rego('package main', 'import data.other', 'deny contains "x" if { y := 1 }');
    expect((await judge({ policies: [own] })).findings).toHaveLength(1);
    expect((await refusal(judge({ policies: [own], options: { strict: true } }))).code).toBe('POLICY_INVALID');
  });

  it('refuses a value that is neither a string nor an object with msg', async () => {
    const run = await judge({ policies: [rego('package main', 'deny[msg] if { msg := "an object, not a set" }')] });
    expect(run.findings).toEqual([]);
    expect(errorsOf(run)[0]).toMatchObject({ code: 'POLICY_INVALID', details: { line: 2 } });
  });

  it.each([
    ['no rule that judges', ['package main', 'allow if true'], 'no deny, violation or warn rule in'],
    ['an undefined function', ['package main', 'deny contains "x" if data.lib.nothing(input)'], 'undefined function'],
    ['broken Rego', ['package main', 'deny contains {'], 'rego.rego|eof|expected'],
    ['a package of the gate', ['package k8s_gate_run', 'deny contains "x" if true'], 'own'],
  ])('refuses %s', async (_what, lines, message) => {
    const error = await refusal(judge({ policies: [rego(...lines)] }));
    expect(error.code).toBe('POLICY_INVALID');
    expect(error.message).toMatch(new RegExp(message));
    expect(error.details.file).toBe('policies/own.rego');
  });

  it.each([
    ['in a rule', ['deny contains "x" if input.review.object.kind == "Pod"']],
    ['by an index', ['deny contains "x" if input["review"].object.kind == "Pod"']],
    ['by an import', ['import input.review.object as obj', 'deny contains "x" if obj.kind == "Pod"']],
    ['by another name', ['deny contains "x" if { r := input; r.review.object.kind == "Pod" }']],
    ['by another name of another name', ['deny contains "x" if { r = input; s := r; s.review.object.kind == "Pod" }']],
    ['by object.get', ['deny contains "x" if { r := object.get(input, "review", {}); r.object.kind == "Pod" }']],
    ['through a helper', ['obj := input.review.object', 'deny contains "x" if obj.kind == "Pod"']],
    ['through a package', ['deny contains "x" if data.lib.obj.kind == "Pod"']],
    ['and the parameters of a Constraint', ['deny contains "x" if input.review.object.kind == input.parameters.kind']],
    [
      'in one rule of several',
      ['deny contains "x" if input.review.object.kind == "Pod"', 'warn contains "y" if input.kind == "Pod"'],
    ],
  ])('refuses Rego that reads only what Gatekeeper sets: %s', async (_what, lines) => {
    const lib = policy('rego', 'package lib\nobj := input.review.object', 'lib.rego');
    const error = await refusal(judge({ policies: [rego('package main', ...lines), lib] }));
    expect([error.code, error.details.file]).toEqual(['POLICY_INVALID', 'policies/own.rego']);
    expect(error.message).toContain('reads the `input.review` of Gatekeeper');
  });

  it.each([
    ['in a rule', ['deny contains "x" if input.request.kind.kind == "Pod"']],
    ['through a helper', ['is_pod if input.request.kind.kind == "Pod"', 'deny contains "x" if is_pod']],
    ['by an import', ['import input.request.object as obj', 'deny contains "x" if obj.spec.hostNetwork']],
  ])('refuses Rego that reads only the AdmissionReview of a webhook: %s', async (_what, lines) => {
    const error = await refusal(judge({ policies: [rego('package kubernetes.admission', ...lines)] }));
    expect([error.code, error.details.file]).toEqual(['POLICY_INVALID', 'policies/own.rego']);
    expect(error.message).toContain('kubernetes.admission.deny reads the `input.request` of an AdmissionReview');
    expect(error.message).toContain('`input.kind`');
  });

  it('evaluates Rego that reads the request where there is one, and the resource otherwise', async () => {
    const both = [
      'obj := object.get(input, ["request", "object"], input)',
      'deny contains "x" if { not input.request; obj.kind != "" }',
    ];
    const run = await judge({ policies: [rego('package main', ...both)] });
    expect(run.findings).toHaveLength(1);
    expect(run.notes).toEqual([expect.stringContaining('uses input.request of an AdmissionReview')]);
  });

  it('evaluates rules about the parameters of a resource, such as those of a StorageClass', async () => {
    const run = await judge({ policies: [rego('package main', 'deny contains "x" if input.parameters.type == "gp2"')] });
    expect(run.status).toBe('completed');
    expect(run.findings).toEqual([]);
  });

  it('evaluates a library for conftest and Gatekeeper, and notes what it reads', async () => {
    const both = [
      'is_gatekeeper if "review" in object.keys(input)',
      'obj := input if not is_gatekeeper',
      'obj := input.review.object if is_gatekeeper',
      'deny contains "x" if obj.kind != ""',
    ];
    const run = await judge({ policies: [rego('package main', ...both)] });
    expect(run.findings).toHaveLength(1);
    expect(run.notes).toEqual([expect.stringContaining("uses Gatekeeper's input.review")]);
  });

  it('reports which packages and files evaluate nothing', async () => {
    const helper = policy('rego', 'package lib\nhelp := input.review', 'lib.rego');
    const own = rego('package main', 'deny contains "x" if true');
    const other = policy('rego', 'package other\ndeny contains "x" if true', 'other.rego');
    const run = await judge({ policies: [helper, own, other], options: { namespaces: ['main'] } });
    expect(run.findings).toHaveLength(1);
    expect(run.notes).toEqual([
      'no deny, violation or warn rule in lib.rego',
      'packages left out by `engines.opa.namespaces`: other',
      "uses Gatekeeper's input.review, but here input is the resource: lib.rego",
    ]);
  });

  it.each([
    ['http.send', 'http.send({"method": "get", "url": "URL"})'],
    ['net.lookup_ip_addr', 'net.lookup_ip_addr("localhost")'],
    ['opa.runtime', 'opa.runtime()'],
    ['rego.parse_module', 'rego.parse_module("x", "package x")'],
    ['time.now_ns', 'time.now_ns()'],
    ['rand.intn', 'rand.intn("x", 5)'],
    ['uuid.rfc4122', 'uuid.rfc4122("x")'],
    ['trace', 'trace("x")'],
    ['json.match_schema', 'json.match_schema({}, {"$ref": "URL"})'],
    ['json.verify_schema', 'json.verify_schema({"$ref": "URL"})'],
    ['http.send behind a mock', 'count([]) with count as http.send'],
  ])('does not compile %s, and nothing reaches the network', async (_name, call) => {
    const { url, hits, close } = await listener();
    const own = rego('package main', `deny contains sprintf("%v", [found]) if { found := ${call.replace('URL', `${url}/x`)} }`);
    const error = await refusal(judge({ policies: [own] }));
    await close();
    expect(error.code).toBe('POLICY_INVALID');
    expect(error.details).toMatchObject({ file: 'policies/own.rego', line: 2 });
    expect(hits()).toBe(0);
  });

  it('does not fetch a schema that METADATA names', async () => {
    const { url, hits, close } = await listener();
    const own = rego(
      '# METADATA',
      '# scope: package',
      `# schemas: [{input: {"$ref": "${url}/schema.json"}}]`,
      'package main',
      'deny contains "x" if input.x == 1',
    );
    await judge({ policies: [own] }).catch(() => undefined);
    await close();
    expect(hits()).toBe(0);
  });

  it('ends at its deadline', async () => {
    const slow = rego(
      'package main',
      'n := numbers.range(1, 3000)',
      'deny contains "x" if { some i in n; some j in n; some k in n; i + j + k == -1 }',
    );
    expect((await refusal(judge({ policies: [slow], timeoutMs: 1_500 }))).code).toBe('ENGINE_TIMEOUT');
  });
});
