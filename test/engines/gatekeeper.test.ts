import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { gatekeeperEngine } from '../../src/engines/gatekeeper/engine.ts';
import { fieldIn } from '../../src/engines/gatekeeper/fields.ts';
import { gatekeeperOptionsSchema } from '../../src/engines/gatekeeper/options.ts';
import { formatPath } from '../../src/model/field-path.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Command, ProcessResult } from '../../src/ports/ports.ts';
import { answering } from '../support/lint-bench.ts';
import { manifestSet } from '../support/model.ts';
import { examplePolicy, judgeByPolicies, manifest, policy, refusal, statusesOf, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** The output of gator 3.23.1 for these policies and resources. */
const recorded = readFileSync(path.join(import.meta.dirname, '../fixtures/gatekeeper/violations.3.23.1.json'), 'utf8');
const policies = [
  'allowed-registries/template.yaml',
  'allowed-registries/constraint.yaml',
  'allowed-registries/expansion.yaml',
  'required-labels/template.yaml',
  'required-labels/constraint.yaml',
].map((file) => examplePolicy('gatekeeper', file));
const resources = [
  manifest('{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: ok}, {name: bad}]}}'),
  manifest(
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: app, namespace: shop}, spec: {template: {spec: {containers: [{name: c}]}}}}',
  ),
  manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}'),
];
const tool = { id: 'gatekeeper', path: '/nowhere/gator', version: '3.23.1' };

type Violations = readonly z.infer<typeof violationSchema>[];
const named = z.looseObject({ metadata: z.looseObject({ name: z.string(), uid: z.string().optional() }) });
const violationSchema = z.looseObject({ msg: z.string(), constraint: named, violatingObject: named });

/** gator as it was recorded, with the random names of this run. */
function today({ cwd }: Command, text = recorded): string {
  const folder = path.join(cwd, 'v0-canary');
  const canary = readFileSync(path.join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
  const secret = /k8s-gate-canary-([0-9a-f]{24})/.exec(canary)?.[1] ?? '';
  return text.replaceAll(/(k8s-gate-canary-|K8sGate(?:Rego|Cel)|k8sgate(?:rego|cel))recorded/g, `$1${secret}`);
}

const judge = (reply: (command: Command) => Partial<ProcessResult>, given: readonly Resource[] = resources) =>
  judgeByPolicies(gatekeeperEngine, { tool, policies, resources: given, ports: answering(reply) });
const honest = (command: Command) => ({ exitCode: 1, stdout: today(command) });
const edited = (edit: (violations: Violations) => unknown) => (command: Command) => ({
  exitCode: 1,
  stdout: today(command, JSON.stringify(edit(z.array(violationSchema).parse(JSON.parse(recorded))))),
});
const isPlanted = ({ violatingObject }: Violations[number]) => violatingObject.metadata.name.startsWith('k8s-gate-canary');

describe('gatekeeper', () => {
  afterAll(removeTempFolders);

  it('turns violations into findings, of what is written and of what a controller creates', async () => {
    const run = await judge(honest);
    expect(summary(run.findings)).toEqual([
      'AllowedRegistries/own-registry critical app spec.template.spec.containers[0].image',
      'AllowedRegistries/own-registry critical web spec.containers[1].image',
      'RequiredLabels/owner medium app metadata.labels',
    ]);
    expect(run.findings[1]?.detail).toContain('Of the Pod that its controller creates (ExpansionTemplate pods-of-workloads)');
    expect(statusesOf(run)).toEqual({ web: 'evaluated', app: 'evaluated', settings: 'not-applicable' });
  });

  it.each<[string, (command: Command) => Partial<ProcessResult>, string]>([
    ['nothing', () => ({ exitCode: 0 }), 'ENGINE_OUTPUT_INVALID'],
    ['an empty list', () => ({ exitCode: 0, stdout: 'null' }), 'ENGINE_COVERAGE'],
    ['exit code 0 despite violations', (command) => ({ ...honest(command), exitCode: 0 }), 'ENGINE_COVERAGE'],
    ['half an answer', (command) => ({ exitCode: 1, stdout: today(command).slice(0, -20) }), 'ENGINE_OUTPUT_INVALID'],
    ['another shape', () => ({ exitCode: 1, stdout: '{"results": []}' }), 'ENGINE_OUTPUT_INVALID'],
    ['an error without output', () => ({ exitCode: 1, stderr: 'reading: no such file' }), 'ENGINE_FAILED'],
    ['a crash', () => ({ exitCode: 2, stderr: 'panic: runtime error' }), 'ENGINE_FAILED'],
    ['a kill', () => ({ exitCode: undefined, signal: 'SIGKILL' }), 'ENGINE_FAILED'],
    ['no end', () => ({ end: 'timeout', exitCode: undefined }), 'ENGINE_TIMEOUT'],
    ['a lost canary', edited((all) => all.filter((one) => !isPlanted(one))), 'ENGINE_COVERAGE'],
    ['a lost canary of CEL', edited((all) => all.filter(({ msg }) => msg !== 'planted')), 'ENGINE_COVERAGE'],
    [
      'fewer objects than given',
      edited((all) => all.map((one) => ({ ...one, msg: one.msg.replace(/^planted among .*/, 'planted among 9') }))),
      'ENGINE_COVERAGE',
    ],
    [
      'a planted Constraint that rejects everything',
      edited((all) =>
        all.flatMap((one) => (isPlanted(one) ? [one, { ...one, violatingObject: all[0]?.violatingObject }] : [one])),
      ),
      'ENGINE_COVERAGE',
    ],
    [
      'an unknown object',
      edited((all) =>
        all.map((one) =>
          isPlanted(one) ? one : { ...one, violatingObject: { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } } },
        ),
      ),
      'ENGINE_COVERAGE',
    ],
    [
      'an unknown Constraint',
      edited((all) =>
        all.map((one) =>
          isPlanted(one) ? one : { ...one, constraint: { apiVersion: 'a', kind: 'X', metadata: { name: 'x' } } },
        ),
      ),
      'ENGINE_COVERAGE',
    ],
  ])('never takes %s for a clean result', async (_what, reply, code) => {
    expect((await refusal(judge(reply))).code).toBe(code);
  });

  it('gives gator no object of the change that it would take for a policy', async () => {
    const template = manifest('{apiVersion: templates.gatekeeper.sh/v1, kind: ConstraintTemplate, metadata: {name: a}}');
    let given = '';
    await judge(
      (command) => {
        given = readdirSync(path.join(command.cwd, 'v0-resources')).join();
        return honest(command);
      },
      [...resources, template],
    );
    expect(given).toBe('app.yaml,settings.yaml,web.yaml');
  });

  const constraint = (spec: string, kind = 'AllowedRegistries') =>
    policy('gatekeeper', `apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: ${kind}\nmetadata: {name: x}\nspec:\n${spec}\n`);
  it.each<[string, ReturnType<typeof constraint>, number, string]>([
    ['a Constraint without a template', constraint('', 'AllowdRegistries'), 1, 'the kind AllowedRegistries'],
    ['an unknown key of match', constraint('  match:\n    kind: [Pod]'), 6, 'kind'],
    ['an unknown scope', constraint('  match:\n    scope: cluster'), 6, 'scope'],
    ['an unknown action', constraint('  enforcementAction: block'), 5, 'enforcementAction'],
    ['scoped actions without points', constraint('  enforcementAction: scoped'), 4, 'scopedEnforcementActions'],
    [
      'an unknown severity',
      policy(
        'gatekeeper',
        'apiVersion: constraints.gatekeeper.sh/v1\nkind: X\nmetadata:\n  name: x\n  annotations: {k8s-gate.io/severity: hih}\n',
      ),
      5,
      'critical, high',
    ],
  ])('refuses %s, at its line', async (_what, own, line, message) => {
    const error = await refusal(
      judgeByPolicies(gatekeeperEngine, { tool, policies: [...policies, own], resources, ports: answering(honest) }),
    );
    expect(`${error.code} ${error.details.file}:${error.details.line}`).toBe(`POLICY_INVALID policies/own.yaml:${line}`);
    expect(error.message).toContain(message);
  });

  it('refuses two different objects of one name, of which gator would use one', async () => {
    const [, example] = policies;
    const other = {
      file: 'policies/other.yaml',
      language: 'gatekeeper',
      text: example?.text.replace('registries: [r', 'registries: [x') ?? '',
    } as const;
    const both = (file: typeof other) =>
      judgeByPolicies(gatekeeperEngine, { tool, policies: [...policies, file], resources, ports: answering(honest) });
    expect((await refusal(both(other))).message).toContain('AllowedRegistries own-registry is also defined in');
    expect((await both({ ...other, text: example?.text ?? '' })).findings).toHaveLength(3);
  });

  it.each<[string, string]>([
    ['enforcementAction: dryrun', 'low'],
    ['enforcementAction: warn', 'medium'],
    ['', 'high'],
    [
      'enforcementAction: scoped, scopedEnforcementActions: [{action: warn, enforcementPoints: [{name: validation.gatekeeper.sh}]}, {action: deny, enforcementPoints: [{name: audit.gatekeeper.sh}]}]',
      'medium',
    ],
    ['enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: "*"}]}]', 'high'],
    [
      'enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: audit.gatekeeper.sh}]}]',
      'low',
    ],
  ])('grades {%s} as %s', async (action, severity) => {
    const own = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RequiredLabels
metadata: {name: owner}
spec: {parameters: {labels: [team]}${action === '' ? '' : `, ${action}`}}`;
    const graded = [...policies.slice(0, -1), policy('gatekeeper', own)];
    const run = await judgeByPolicies(gatekeeperEngine, { tool, policies: graded, resources, ports: answering(honest) });
    expect(summary(run.findings)).toContain(`RequiredLabels/owner ${severity} app metadata.labels`);
  });

  it('lists policies that match nothing', () => {
    const own = policy(
      'gatekeeper',
      'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: RequiredLabels\nmetadata: {name: typo}\nspec: {match: {kinds: [{apiGroups: [apps], kinds: [Deploymnt]}]}}',
    );
    const bare = policy(
      'gatekeeper',
      policies[0]?.text.replaceAll(/allowedregistries|AllowedRegistries/g, (name) => `${name}2`) ?? '',
      'policies/bare.yaml',
    );
    const set = manifestSet({ resources: resources.slice(2), policies: [...policies, own, bare] });
    expect(gatekeeperEngine.settings?.unasked?.(set, gatekeeperOptionsSchema.parse({}))).toEqual([
      expect.objectContaining({
        name: 'ConstraintTemplate allowedregistries2',
        file: 'policies/bare.yaml',
        about: expect.stringContaining('AllowedRegistries2'),
      }),
      expect.objectContaining({ name: 'AllowedRegistries/own-registry', about: 'Pod limited by excludedNamespaces' }),
      expect.objectContaining({ name: 'RequiredLabels/owner' }),
      expect.objectContaining({ name: 'RequiredLabels/typo', suspect: '`Deploymnt`: perhaps `Deployment`' }),
    ]);
  });
});

describe('the field in a message', () => {
  const spec = {
    containers: [
      { name: 'web', image: 'nginx:1' },
      { name: 'web-proxy', image: 'envoy:1' },
    ],
    initContainers: [{ name: 'init', image: 'nginx:1' }],
  };
  const workload = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec } } };
  it.each<[string, string]>([
    ['container <web-proxy> has no resource limits', 'spec.template.spec.containers[1].resources'],
    ['initContainer <init> has an invalid image repo <nginx:1>', 'spec.template.spec.initContainers[0].image'],
    [
      'Privileged container is not allowed: web, securityContext: {"privileged": true}',
      'spec.template.spec.containers[0].securityContext.privileged',
    ],
    [
      'Privilege escalation container is not allowed: envoy:1',
      'spec.template.spec.containers[1].securityContext.allowPrivilegeEscalation',
    ],
    ['HostPath volume {} is not allowed', 'spec.template.spec.volumes'],
    ['you must provide labels: {"owner"}', 'metadata.labels'],
    ['something else', ''],
  ])('%s', (message, field) => {
    expect(formatPath(fieldIn(message, workload))).toBe(field);
  });

  it('is looked for in other kinds, too', () => {
    expect(formatPath(fieldIn('you must provide annotation(s): {"a"}', { kind: 'ConfigMap' }))).toBe('metadata.annotations');
    expect(formatPath(fieldIn('ingress host conflicts with an existing ingress <a>', { kind: 'Ingress' }))).toBe('spec.rules');
  });
});
