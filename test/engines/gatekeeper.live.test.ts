import { afterAll, describe, expect, it } from 'vitest';
import { gatekeeperEngine } from '../../src/engines/gatekeeper/engine.ts';
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

const tool = await installedTool('gatekeeper');
const judge = (bench: Partial<Parameters<typeof judgeByPolicies>[1]>) =>
  judgeByPolicies(gatekeeperEngine, { tool, policies: [], resources: [pod], ...bench });
const gatekeeper = (text: string, file = 'policies/own.yaml') => policy('gatekeeper', text, file);

const pod = manifest(
  '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: ok, image: "registry.example.com/a:1"}, {name: bad, image: "docker.io/library/nginx:1"}]}}',
);
const deployment = manifest(
  '{apiVersion: apps/v1, kind: Deployment, metadata: {name: app, namespace: shop}, spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "docker.io/library/nginx:1"}]}}}}',
);
const settings = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}');
const role = manifest('{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role}}');
const namespaceOf = (labels: string) => manifest(`{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: ${labels}}}`);

const template = (kind: string, body: string, code = '') => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ${kind.toLowerCase()}}
spec:
  crd: {spec: {names: {kind: ${kind}}, validation: {openAPIV3Schema: {type: object, properties: {labels: {type: array, items: {type: string}}}}}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package ${kind.toLowerCase()}
        violation[{"msg": msg}] {
          ${body}
        }
        ${code}
`;
const constraint = (kind: string, spec: string, name = 'own', metadata = '') => `
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: ${kind}
metadata: {name: ${name}${metadata}}
spec: ${spec}
`;
const always = template('Always', 'msg := "no"');
const on = (match: string) => [gatekeeper(always + constraint('Always', `{match: ${match}}`))];

describe.skipIf(tool === undefined)(
  `gatekeeper, live${tool === undefined ? ' (skipped: no gatekeeper in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('judges by the shipped examples, also the pods that workloads generate', async () => {
      const files = [
        'allowed-registries/template.yaml',
        'allowed-registries/constraint.yaml',
        'allowed-registries/expansion.yaml',
        'required-labels/template.yaml',
        'required-labels/constraint.yaml',
      ];
      const run = await judge({
        policies: files.map((file) => examplePolicy('gatekeeper', file)),
        resources: [pod, deployment, settings],
      });
      expect(summary(run.findings)).toEqual([
        'AllowedRegistries/own-registry critical app spec.template.spec.containers[0].image',
        'AllowedRegistries/own-registry critical web spec.containers[1].image',
        'RequiredLabels/owner medium app metadata.labels',
      ]);
      expect(statusesOf(run)).toEqual({ web: 'evaluated', app: 'evaluated', settings: 'not-applicable' });
      expect(run.findings.map(({ title }) => title)).toContain('missing labels: team');
      expect(run.findings.map(({ title }) => title)).toContain(
        'container <c> has the image <docker.io/library/nginx:1>, which is not from registry.example.com/',
      );
    });

    it.each<[string, string, readonly string[]]>([
      ['scope: Cluster', '{scope: Cluster}', ['role', 'shop']],
      ['scope: Namespaced', '{scope: Namespaced}', ['settings', 'web']],
      ['namespaces', '{namespaces: [other]}', ['role']],
      ['excludedNamespaces', '{excludedNamespaces: [shop]}', ['role']],
      ['labels of the namespace', '{namespaceSelector: {matchLabels: {team: a}}}', ['role', 'settings', 'shop', 'web']],
      ['other labels', '{namespaceSelector: {matchLabels: {team: b}}}', ['role']],
      ['names', '{name: "w*"}', ['web']],
      ['kinds', '{kinds: [{apiGroups: [""], kinds: [ConfigMap]}]}', ['settings']],
    ])('matches by %s as a cluster does', async (_by, match, expected) => {
      const run = await judge({ policies: on(match), resources: [pod, settings, role, namespaceOf('{team: a}')] });
      expect(run.findings.map(({ subject }) => (subject.kind === 'resource' ? subject.resource : '')).toSorted()).toEqual(
        expected,
      );
    });

    it('is unsure where the labels of the namespace are not known, unless they are configured', async () => {
      const policies = on('{namespaceSelector: {matchLabels: {team: a}}}');
      expect(summary((await judge({ policies })).findings)).toEqual(['Always/own unknown web']);
      const configured = await judge({ policies, options: { namespaces: { shop: { team: 'b' } } } });
      expect(configured.findings).toEqual([]);
    });

    it('compares the objects of one environment only', async () => {
      const unique = template(
        'Unique',
        'other := data.inventory.namespace[_]["v1"]["ConfigMap"][name]; name != input.review.object.metadata.name; other.data.host == input.review.object.data.host; msg := sprintf("as %v", [name])',
      );
      const host = (name: string, environments: readonly string[]) =>
        manifest(`{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: shop}, data: {host: a}}`, {
          environments,
        });
      const resources = [host('one', ['production']), host('two', ['staging']), host('three', ['production', 'staging'])];
      const run = await judge({ policies: [gatekeeper(unique + constraint('Unique', '{}'))], resources });
      expect(
        run.findings.map(({ title, subject }) => `${subject.kind === 'resource' ? subject.resource : ''} ${title}`).toSorted(),
      ).toEqual(['one as three', 'three as one', 'three as two', 'two as three']);
      expect(run.notes).toEqual([expect.stringContaining('Unique/own compares objects')]);
    });

    it('evaluates an object as it is created', async () => {
      const created = template('Created', 'input.review.operation == "CREATE"; msg := "created"');
      expect((await judge({ policies: [gatekeeper(created + constraint('Created', '{}'))] })).findings).toHaveLength(1);
      const updated = created.replace('target: admission', 'operations: [UPDATE]\n      target: admission');
      const run = await judge({ policies: [gatekeeper(updated + constraint('Created', '{}'))] });
      expect(run.findings).toEqual([]);
      expect(run.notes).toEqual([expect.stringContaining('rejects nothing here')]);
      expect(statusesOf(run)).toEqual({ web: 'not-applicable' });
    });

    it('never takes for a pass what depends on a cluster', async () => {
      const asks = template('Asks', 'external_data({"provider": "p", "keys": ["a"]}); msg := "no"');
      const user = template('User', 'input.review.userInfo.username == "root"; msg := "no"');
      const policies = [
        gatekeeper(asks + constraint('Asks', '{}'), 'policies/a.yaml'),
        gatekeeper(user + constraint('User', '{match: {kinds: [{apiGroups: [""], kinds: [Pod]}]}}'), 'policies/b.yaml'),
      ];
      const run = await judge({ policies, resources: [pod, settings] });
      expect(summary(run.findings)).toEqual(['Asks/own unknown settings', 'Asks/own unknown web', 'User/own unknown web']);
    });

    it.each<[string, string, number, string]>([
      ['Rego that does not parse', always.replace('msg := "no"', 'msg :='), 13, 'rego_parse_error'],
      [
        'an unknown parameter',
        `${always}${constraint('Always', '\n  parameters:\n    label: [a]')}`,
        22,
        'spec.parameters.label',
      ],
      [
        'a parameter of another type',
        `${always}${constraint('Always', '\n  parameters:\n    labels: 5')}`,
        22,
        'spec.parameters.labels',
      ],
      ['an unknown field', `${always}${constraint('Always', '\n  matches: {}')}`, 21, 'spec.matches'],
      ['a name unlike the kind', always.replace('name: always', 'name: other'), 2, 'always'],
      ['an unknown target', always.replace('target: admission', 'target: x'), 2, 'target'],
    ])('refuses %s, at its line', async (_what, text, line, message) => {
      const error = await refusal(judge({ policies: [gatekeeper(text)] }));
      expect(`${error.code} ${error.details.file}:${error.details.line}`).toBe(`POLICY_INVALID policies/own.yaml:${line}`);
      expect(error.message).toContain(message);
    });

    it('takes no policy from the manifests, and reports one that a Constraint applies to', async () => {
      const planted = manifest(
        '{apiVersion: templates.gatekeeper.sh/v1, kind: ConstraintTemplate, metadata: {name: always}, spec: {crd: {spec: {names: {kind: Always}}}, targets: [{target: admission.k8s.gatekeeper.sh, rego: "package a\\nviolation[{\\"msg\\": \\"x\\"}] { false }"}]}}',
      );
      const run = await judge({ policies: on('{}'), resources: [pod, planted] });
      expect(summary(run.findings)).toEqual(['Always/own high web', 'Always/own unknown always']);
    });

    it('leaves out namespaces that Gatekeeper’s Config excludes from the webhook', async () => {
      const config = gatekeeper(
        '{apiVersion: config.gatekeeper.sh/v1alpha1, kind: Config, metadata: {name: config}, spec: {match: [{excludedNamespaces: ["sh*"], processes: ["*"]}]}}',
        'policies/config.yaml',
      );
      const run = await judge({ policies: [...on('{}'), config], resources: [pod, role] });
      expect(summary(run.findings)).toEqual(['Always/own high role']);
      expect(run.notes).toEqual([expect.stringContaining('1 resource(s) not evaluated')]);
    });

    it('evaluates twins, objects without names and workloads that a CEL template reads', async () => {
      const twins = [pod, { ...pod, uid: 'twin' }];
      const unnamed = manifest('{apiVersion: batch/v1, kind: Job, metadata: {name: x-, namespace: shop}}', {
        uid: 'unnamed',
        object: { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'x-', namespace: 'shop' } },
      });
      const run = await judge({ policies: on('{}'), resources: [...twins, unnamed] });
      expect(errorsOf(run)).toEqual([]);
      expect(summary(run.findings)).toEqual(['Always/own high twin', 'Always/own high unnamed', 'Always/own high web']);
    });

    it('takes a rule that fails on an object for a rejection, as the webhook does', async () => {
      const fails = template(
        'Fails',
        'f(1) == 1; msg := "no"',
        'f(x) = 1 { true }\n        f(x) = 2 { input.review.object.kind == "Pod" }',
      );
      const run = await judge({ policies: [gatekeeper(fails + constraint('Fails', '{}'))] });
      expect(run.findings.map(({ title }) => title)).toEqual([expect.stringContaining('eval_conflict_error')]);
    });

    it('does not reach the network', async () => {
      const sends = template('Sends', 'http.send({"method": "get", "url": "http://127.0.0.1:1"}); msg := "no"');
      const run = await judge({ policies: [gatekeeper(sends + constraint('Sends', '{}'))] });
      expect(summary(run.findings)).toEqual(['Sends/own unknown web']);
    });

    it('reports a binary that is another program', async () => {
      const other = { id: 'gatekeeper', path: process.execPath, version: '3.23.1' };
      expect((await refusal(judge({ policies: on('{}'), tool: other }))).code).toBe('ENGINE_FAILED');
    });
  },
);
