import { afterAll, describe, expect, it } from 'vitest';
import { kyvernoEngine } from '../../src/engines/kyverno/engine.ts';
import { createResults } from '../../src/engines/results.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Command } from '../../src/ports/ports.ts';
import { listener } from '../support/listener.ts';
import { nodePorts } from '../support/node-ports.ts';
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

const tool = await installedTool('kyverno');
const judge = (bench: Partial<Parameters<typeof judgeByPolicies>[1]>) =>
  judgeByPolicies(kyvernoEngine, { tool, policies: [], resources: [pod], ...bench });
const kyverno = (text: string, file = 'policies/own.yaml') => policy('kyverno', text, file);

const pod = manifest(
  '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: ok, image: "registry.example.com/a:1"}, {name: bad, image: "docker.io/library/nginx:1"}]}}',
);
const deployment = manifest(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "docker.io/library/nginx:1"}]}}}
`);
const good = manifest(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: good, namespace: shop, labels: {team: shop, app.kubernetes.io/name: good}}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "registry.example.com/a:1", resources: {limits: {cpu: 1, memory: 64Mi}}}]}}}
`);
const settings = manifest('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}');

const clusterPolicy = (name: string, rule: string, metadata = '') => `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: ${name}${metadata}}
spec: {rules: [${rule}]}`;
const match = '{any: [{resources: {kinds: [Pod]}}]}';
const denyPods = (name: string) => clusterPolicy(name, `{name: refuse, match: ${match}, validate: {message: no pods, deny: {}}}`);
const cel = (name: string, expression: string, constraints = '') => `
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: ${name}}
spec:
  validationActions: [Audit]
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]${constraints}}
  validations: [{expression: ${JSON.stringify(expression)}, message: refused}]`;

describe.skipIf(tool === undefined)(
  `kyverno, live${tool === undefined ? ' (skipped: no kyverno in the tool cache)' : ''}`,
  () => {
    afterAll(removeTempFolders);

    it('judges by the shipped examples', async () => {
      const files = ['allowed-registries.yaml', 'required-labels.yaml', 'require-limits.yaml'];
      const run = await judge({
        policies: files.map((file) => examplePolicy('kyverno', file)),
        resources: [pod, deployment, good, settings],
      });
      expect(summary(run.findings)).toEqual([
        'add-team-label/team low app metadata.labels',
        'allowed-registries-cel/validations[0] critical app spec.template.spec.containers',
        'allowed-registries-cel/validations[0] critical web spec.containers',
        'allowed-registries/registry critical app spec.template.spec.containers[0].image',
        'allowed-registries/registry critical web spec.containers[1].image',
        'require-limits-cel/validations[0] high app spec.template.spec.containers',
        'require-limits-cel/validations[0] high web spec.containers',
        'require-limits/limits high app spec.template.spec.containers[0].resources',
        'require-limits/limits high web spec.containers[0].resources',
        'required-labels-cel/validations[0] medium app metadata.labels',
        'required-labels/labels medium app metadata.labels',
      ]);
      expect(statusesOf(run)).toEqual({ web: 'evaluated', app: 'evaluated', good: 'evaluated', settings: 'not-applicable' });
      const suggested = run.findings.find((found) => found.rule === 'add-team-label/team');
      expect(suggested?.fix?.patch).toEqual([{ op: 'add', path: '/metadata/labels', value: { team: 'unassigned' } }]);
      const registry = run.findings.find((found) => found.rule === 'allowed-registries/registry');
      expect(registry?.title).toBe('Images come from registry.example.com only');
    });

    it('distinguishes resources of one name, in two environments and in two units', async () => {
      const bad = { ...pod, uid: 'bad', environments: ['production'] };
      const fine = manifest(
        '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: a, image: "registry.example.com/a:1"}]}}',
        { uid: 'fine', environments: ['staging'] },
      );
      const twin = { ...fine, uid: 'twin', environments: ['production'] };
      const run = await judge({ policies: [examplePolicy('kyverno', 'allowed-registries.yaml')], resources: [bad, fine, twin] });
      expect(summary(run.findings)).toEqual([
        'allowed-registries-cel/validations[0] critical bad spec.containers',
        'allowed-registries/registry critical bad spec.containers[1].image',
      ]);
      expect(statusesOf(run)).toEqual({ bad: 'evaluated', fine: 'evaluated', twin: 'evaluated' });
    });

    it('distinguishes policies of one name', async () => {
      const namespaced =
        '\napiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: same, namespace: shop}\nspec: {rules: [{name: refuse, match: {any: [{resources: {kinds: [Pod]}}]}, validate: {failureAction: Enforce, message: refused, deny: {}}}]}';
      const run = await judge({ policies: [kyverno(`${denyPods('same')}\n---${cel('same', 'false')}\n---${namespaced}`)] });
      expect(summary(run.findings)).toEqual([
        'same/refuse medium web',
        'same/validations[0] medium web',
        'shop/same/refuse high web',
      ]);
    });

    it('judges manifests as they are, not as a mutating rule would leave them', async () => {
      const adds = clusterPolicy(
        'add',
        '{name: l, match: {any: [{resources: {kinds: [Pod]}}]}, mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}}',
      );
      const needs = clusterPolicy(
        'need',
        '{name: l, match: {any: [{resources: {kinds: [Pod]}}]}, validate: {message: needs a, pattern: {metadata: {labels: {a: b}}}}}',
      );
      const run = await judge({ policies: [kyverno(`${adds}\n---${needs}`)] });
      expect(summary(run.findings)).toEqual(['add/l low web metadata.labels', 'need/l medium web metadata.labels']);
    });

    it('judges each mutating rule by the manifest as it is, though they share a run', async () => {
      const label = (name: string, patch: string, precondition = '') =>
        clusterPolicy(
          name,
          `{name: l, match: ${match}, ${precondition}mutate: {patchStrategicMerge: {metadata: {labels: {${patch}}}}}}`,
        );
      const unlessFirst =
        'preconditions: {all: [{key: "{{ request.object.metadata.labels.first || \'none\' }}", operator: Equals, value: none}]}, ';
      const policies = [
        kyverno(
          [
            label('never', 'never: "1"', 'preconditions: {all: [{key: a, operator: Equals, value: b}]}, '),
            label('first', '+(first): "1"'),
            label('only-without-first', '+(second): "2"', unlessFirst),
            clusterPolicy(
              'broken',
              `{name: l, match: ${match}, mutate: {patchesJson6902: "[{op: replace, path: /spec/none/x, value: 1}]"}}`,
            ),
          ].join('\n---'),
        ),
      ];
      const labelled = manifest(
        '{apiVersion: v1, kind: Pod, metadata: {name: labelled, namespace: shop, labels: {first: "0"}}, spec: {containers: [{name: a, image: "a:1"}]}}',
      );
      const commands: Command[] = [];
      const run = await judge({
        policies,
        resources: [pod, labelled, settings],
        ports: {
          ...nodePorts,
          processes: {
            ...nodePorts.processes,
            run: (command) => {
              commands.push(command);
              return nodePorts.processes.run(command);
            },
          },
        },
      });
      const patches = run.findings.map(({ rule, subject, fix }) => [
        rule,
        subject.kind === 'resource' && subject.resource,
        fix?.patch,
      ]);
      expect(patches.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
        ['first/l', 'web', [{ op: 'add', path: '/metadata/labels', value: { first: '1' } }]],
        ['only-without-first/l', 'web', [{ op: 'add', path: '/metadata/labels', value: { second: '2' } }]],
      ]);
      expect(statusesOf(run)).toEqual({ web: 'failed', labelled: 'failed', settings: 'not-applicable' });
      // The policies once, all rules together, and two again for `web`.
      expect(commands).toHaveLength(4);
    });

    it('tells rules of a namespace from those of all, in one run', async () => {
      const label = (kind: string, metadata: string, key: string) =>
        `apiVersion: kyverno.io/v1\nkind: ${kind}\nmetadata: {${metadata}}\nspec: {rules: [{name: l, match: ${match}, mutate: {patchStrategicMerge: {metadata: {labels: {${key}: x}}}}}]}`;
      const policies = [
        kyverno([label('Policy', 'name: a, namespace: shop', 'a'), label('ClusterPolicy', 'name: b', 'b')].join('\n---\n')),
      ];
      const other = manifest('{apiVersion: v1, kind: Pod, metadata: {name: other, namespace: bank}, spec: {containers: []}}');
      const { findings } = await judge({ policies, resources: [pod, other] });
      expect(summary(findings)).toEqual([
        'b/l low other metadata.labels',
        'b/l low web metadata.labels',
        'shop/a/l low web metadata.labels',
      ]);
    });

    it('runs no rule again for what another has changed elsewhere', async () => {
      const commands: Command[] = [];
      const run = (command: Command) => {
        commands.push(command);
        return nodePorts.processes.run(command);
      };
      const judged = await judge({
        policies: ['add-default-limits.yaml', 'required-labels.yaml'].map((file) => examplePolicy('kyverno', file)),
        resources: [deployment],
        ports: { ...nodePorts, processes: { ...nodePorts.processes, run } },
      });
      const patched = judged.findings.flatMap(({ rule, fix }) =>
        fix?.patch === undefined ? [] : [[rule, fix.patch.map(({ path }) => path)]],
      );
      expect(patched).toEqual([
        ['add-default-limits/limits', ['/spec/template/spec/containers/0/resources']],
        ['add-team-label/team', ['/metadata/labels']],
      ]);
      expect(commands).toHaveLength(3);
    });

    it('asks whether Kyverno takes the policies once', async () => {
      const results = createResults();
      const count = async (resources: readonly Resource[]) => {
        let runs = 0;
        const processes = {
          ...nodePorts.processes,
          run: (command: Command) => {
            runs += 1;
            return nodePorts.processes.run(command);
          },
        };
        const known = tool === undefined ? undefined : { ...tool, sha256: 'f'.repeat(64) };
        const policies = [kyverno(denyPods('deny'))];
        const run = await judge({ tool: known, policies, resources, results, ports: { ...nodePorts, processes } });
        return { runs, findings: run.findings.length };
      };
      expect(await count([pod])).toEqual({ runs: 2, findings: 1 });
      expect(await count([{ ...pod, uid: 'again' }])).toEqual({ runs: 0, findings: 1 });
      expect(await count([pod, settings])).toEqual({ runs: 1, findings: 1 });
    });

    it('gives the patch of a MutatingPolicy', async () => {
      const text = `
apiVersion: policies.kyverno.io/v1
kind: MutatingPolicy
metadata: {name: grace}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{spec: Object.spec{terminationGracePeriodSeconds: 5}}"}}]`;
      const run = await judge({ policies: [kyverno(text)], resources: [pod, settings] });
      expect(run.findings.map((found) => found.fix?.patch)).toEqual([
        [{ op: 'add', path: '/spec/terminationGracePeriodSeconds', value: 5 }],
      ]);
      expect(statusesOf(run)).toMatchObject({ web: 'evaluated' });
    });

    describe('labels of namespaces', () => {
      const selector = '{any: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {env: production}}}}]}';
      const rules = clusterPolicy('prod', `{name: refuse, match: ${selector}, validate: {message: refused, deny: {}}}`);
      const both = kyverno(`${rules}\n---${cel('prod-cel', 'false', ', namespaceSelector: {matchLabels: {env: production}}')}`);
      const namespace = (env: string) =>
        manifest(`{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: ${env}}}}`);

      it('come from Namespace manifests', async () => {
        const production = await judge({ policies: [both], resources: [pod, namespace('production')] });
        expect(summary(production.findings)).toEqual(['prod-cel/validations[0] medium web', 'prod/refuse medium web']);
        const staging = await judge({ policies: [both], resources: [pod, namespace('staging')] });
        expect(staging.findings).toEqual([]);
      });

      it('come from the configuration first', async () => {
        const options = { namespaces: { shop: { env: 'production' } } };
        const run = await judge({ policies: [both], resources: [pod, namespace('staging')], options });
        expect(summary(run.findings)).toEqual(['prod-cel/validations[0] medium web', 'prod/refuse medium web']);
      });

      it('that are not known are never a pass', async () => {
        const run = await judge({ policies: [both], resources: [pod, settings] });
        expect(summary(run.findings)).toEqual(['prod-cel/all unknown web', 'prod/refuse unknown web']);
        expect(statusesOf(run)).toEqual({ web: 'evaluated', settings: 'not-applicable' });
      });

      it('are known as far as they are the name', async () => {
        const byName =
          '{any: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}}]}';
        const run = await judge({
          policies: [kyverno(clusterPolicy('named', `{name: refuse, match: ${byName}, validate: {message: refused, deny: {}}}`))],
        });
        expect(summary(run.findings)).toEqual(['named/refuse medium web']);
      });
    });

    it.each([
      [
        'verified images',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, verifyImages: [{imageReferences: ["*"], mutateDigest: false, attestors: []}]}`,
        ),
      ],
      [
        'a configMap of the change itself',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, context: [{name: c, configMap: {name: settings, namespace: shop}}], validate: {message: m, deny: {conditions: {any: [{key: "{{ c.data.x }}", operator: Equals, value: "y"}]}}}}`,
        ),
      ],
      [
        'an apiCall',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, context: [{name: c, apiCall: {urlPath: /api/v1/pods}}], validate: {message: m, deny: {conditions: {any: [{key: "{{ c }}", operator: Equals, value: "y"}]}}}}`,
        ),
      ],
      [
        'who applies it',
        clusterPolicy(
          'p',
          `{name: r, match: {any: [{resources: {kinds: [Pod]}, clusterRoles: [admin]}]}, validate: {message: m, deny: {}}}`,
        ),
      ],
      [
        'the name of who applies it',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, validate: {message: m, deny: {conditions: {any: [{key: "{{ request.userInfo.username }}", operator: Equals, value: admin}]}}}}`,
        ),
      ],
      [
        'the authorizer',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, validate: {cel: {expressions: [{expression: "authorizer.group('').resource('pods').check('get').allowed()"}]}}}`,
        ),
      ],
      [
        'labels of its namespace, by CEL',
        clusterPolicy(
          'p',
          `{name: r, match: ${match}, validate: {cel: {expressions: [{expression: "namespaceObject.metadata.labels.env == 'x'"}]}}}`,
        ),
      ],
      [
        'an ImageValidatingPolicy',
        '\napiVersion: policies.kyverno.io/v1\nkind: ImageValidatingPolicy\nmetadata: {name: p}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, matchImageReferences: [{glob: "*"}], attestors: [{name: a, cosign: {key: {data: x}}}], validations: [{expression: "true"}]}',
      ],
      ['a resource of the cluster', cel('p', 'resource.Get("v1", "configmaps", "shop", "settings").data.x == "y"')],
      [
        'a resource of the cluster, in lower case',
        cel('p', 'resource.get("v1", "configmaps", "shop", "settings").data.x == "y"'),
      ],
      ['a resource of the cluster, from a list', cel('p', '[resource][0].get("v1", "configmaps", "shop", "x").data.x == "y"')],
    ])('never takes for a pass what depends on %s', async (_what, text) => {
      const run = await judge({ policies: [kyverno(text)], resources: [pod, settings] });
      expect(run.findings.map((found) => found.severity)).toEqual(['unknown']);
      expect(run.findings[0]?.subject).toMatchObject({ resource: 'web' });
    });

    it('does not reach the network for a policy that asks it to', async () => {
      const server = await listener();
      const url = `${server.url}/x`;
      const service = clusterPolicy(
        'call',
        `{name: r, match: ${match}, context: [{name: c, apiCall: {service: {url: "${url}"}, method: GET}}], validate: {message: m, deny: {conditions: {any: [{key: "{{ c }}", operator: Equals, value: "y"}]}}}}`,
      );
      const run = await judge({ policies: [kyverno(`${service}\n---${cel('get', `http.Get("${url}").x == "y"`)}`)] });
      await server.close();
      expect(server.hits()).toBe(0);
      expect(run.findings.map((found) => found.severity)).toEqual(['unknown', 'unknown']);
    });

    it('keeps a policy of a namespace to its namespace', async () => {
      const namespaced = (namespace: string) =>
        `apiVersion: policies.kyverno.io/v1\nkind: NamespacedValidatingPolicy\nmetadata: {name: own, namespace: ${namespace}}\nspec: {matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, validations: [{expression: "false", message: "no"}]}\n`;
      const run = await judge({
        policies: [kyverno(`${namespaced('shop')}---\n${namespaced('other')}`)],
        resources: [
          manifest(
            '{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: a, image: a}]}}',
          ),
        ],
      });
      expect(summary(run.findings)).toEqual(['shop/own/validations[0] high web']);
    });

    it('honors no exception, from the policies or the manifests', async () => {
      const exception =
        'apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: let-me, namespace: shop}\nspec: {exceptions: [{policyName: strict, ruleNames: [refuse]}], match: {any: [{resources: {kinds: [Pod]}}]}}';
      const run = await judge({
        policies: [kyverno(`${denyPods('strict')}\n---\n${exception}`)],
        resources: [pod, manifest(exception)],
      });
      expect(summary(run.findings)).toEqual(['strict/refuse medium web']);
      expect(run.notes).toEqual(['PolicyException shop/let-me is not evaluated: it is read as a waiver (docs/waivers.md)']);
    });

    it('does not let a GlobalContextEntry of the change speak', async () => {
      const entry = manifest(
        '{apiVersion: kyverno.io/v2, kind: GlobalContextEntry, metadata: {name: allowed}, spec: {kubernetesResource: {version: v1, resource: pods}}}',
      );
      const run = await judge({ policies: [kyverno(denyPods('strict'))], resources: [pod, entry] });
      expect(statusesOf(run)).toEqual({ web: 'evaluated', allowed: 'not-applicable' });
    });

    it.each([
      [
        'an unknown field',
        clusterPolicy('typo', `{name: r, match: ${match}, validat: {message: m, deny: {}}, validate: {message: m, deny: {}}}`),
        /typo/,
      ],
      [
        'a variable that can not be',
        clusterPolicy('vars', `{name: r, match: ${match}, validate: {message: "{{ nope.foo }}", deny: {}}}`),
        /nope\.foo/,
      ],
      ['CEL that does not compile', cel('broken', 'object.spec.foo('), /Syntax error/],
      ['a kind it does not evaluate', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}', /not a policy/],
      [
        'a policy without rules',
        '\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: x}\nspec: {rules: []}',
        /no rules/,
      ],
    ])('refuses %s, with file and line', async (_what, text, message) => {
      const error = await refusal(
        judge({
          policies: [kyverno(denyPods('fine'), 'policies/a.yaml'), kyverno(`# a comment\n${text.trim()}`, 'policies/b.yaml')],
        }),
      );
      expect(error).toMatchObject({ code: 'POLICY_INVALID', details: { file: 'policies/b.yaml', line: 2 } });
      expect(error.message).toMatch(message);
    });

    it('names policy and resource where an expression can not be evaluated', async () => {
      const run = await judge({
        policies: [kyverno(cel('reads', 'object.spec.nothing.here == 1').trim())],
        resources: [pod, settings],
      });
      expect(statusesOf(run)).toEqual({ web: 'failed', settings: 'not-applicable' });
      expect(errorsOf(run)[0]).toMatchObject({ code: 'POLICY_INVALID', details: { file: 'policies/own.yaml', line: 1 } });
      expect(errorsOf(run)[0]?.message).toMatch(/reads cannot be evaluated for Pod shop\/web: .*no such key/);
    });

    it('reports what it leaves out', async () => {
      const generates = clusterPolicy(
        'gen',
        '{name: np, match: {any: [{resources: {kinds: [Namespace]}}]}, generate: {apiVersion: v1, kind: ConfigMap, name: x, namespace: y, data: {}}}',
      );
      const updates = clusterPolicy(
        'upd',
        '{name: u, match: {any: [{resources: {kinds: [Pod], operations: [UPDATE]}}]}, validate: {message: m, deny: {}}}',
      );
      const run = await judge({ policies: [kyverno(`${generates}\n---${updates}`)] });
      expect(run.notes).toEqual([
        'rule gen/np is not evaluated: it generates other resources',
        'rule upd/u is not evaluated: it does not apply to new resources',
      ]);
      expect(statusesOf(run)).toEqual({ web: 'not-applicable' });
    });
  },
);
