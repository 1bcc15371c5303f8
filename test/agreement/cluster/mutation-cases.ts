import type { JsonObject } from '../../../src/model/json.ts';
import { ask, object } from './asked.ts';
import type { MutationQuestion } from './mutations.ts';

export interface MutationCase extends MutationQuestion {
  readonly name: string;
  /** What we do instead, and why. */
  readonly differs?: { readonly ours: 'unknown' | 'error'; readonly why: string };
}

const group = 'admissionregistration.k8s.io/v1';
const metadata = { name: 'web', namespace: 'prod', labels: { app: 'web' } };
const container = { name: 'web', image: 'nginx', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] };
const spec = {
  containers: [container, { name: 'log', image: 'log', args: ['-a', '-b'] }],
  tolerations: [{ key: 'a', operator: 'Exists' }],
  nodeSelector: { disk: 'ssd' },
};
const pod = object('v1', 'Pod', metadata, { spec });
const deployment = object('apps/v1', 'Deployment', metadata, {
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec } },
});
const service = object('v1', 'Service', metadata, {
  spec: {
    selector: { app: 'web' },
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
});
const config = object('v1', 'ConfigMap', { name: 'web', namespace: 'prod' }, { data: { a: '1' } });
const account = object('v1', 'ServiceAccount', { ...metadata, finalizers: ['a', 'b'] }, { imagePullSecrets: [{ name: 'one' }] });
const certificate = object('cert-manager.io/v1', 'Certificate', metadata, {
  spec: { dnsNames: ['a'], usages: ['x'], hosts: [{ name: 'a', port: 1 }], any: { kept: true } },
});
const texts = { type: 'array', items: { type: 'string' } };
const schema: JsonObject = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        namespace: { type: 'string' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        creationTimestamp: { type: 'string' },
      },
    },
    spec: {
      type: 'object',
      properties: {
        dnsNames: texts,
        usages: { ...texts, 'x-kubernetes-list-type': 'set' },
        hosts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } },
        },
        size: { 'x-kubernetes-int-or-string': true },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

interface Asked {
  readonly match?: JsonObject;
  readonly paramKind?: JsonObject;
  readonly params?: readonly JsonObject[];
  readonly variables?: readonly JsonObject[];
  readonly matchConditions?: readonly JsonObject[];
  readonly bindings?: readonly JsonObject[];
}

function mutation(
  name: string,
  about: JsonObject,
  mutations: readonly JsonObject[],
  asked: Asked = {},
  differs?: MutationCase['differs'],
): MutationCase {
  const { match = {}, bindings = [{}], params = [], ...more } = asked;
  const anything = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }];
  const { policy: _policy, bindings: _bindings, differs: _differs, ...question } = ask(name, about, { params });
  return {
    ...question,
    name,
    mutation: {
      policy: object(
        group,
        'MutatingAdmissionPolicy',
        { name: 'p' },
        {
          spec: { matchConstraints: { resourceRules: anything, ...match }, reinvocationPolicy: 'Never', mutations, ...more },
        },
      ),
      bindings: bindings.map((binding, index) =>
        object(group, 'MutatingAdmissionPolicyBinding', { name: `b${index}` }, { spec: { policyName: 'p', ...binding } }),
      ),
      ...(about.kind === 'Certificate' && { schema }),
    },
    ...(differs && { differs }),
  };
}
const apply = (expression: string): JsonObject => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string): JsonObject => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

/** By what they try: the object and the expression. */
const applied: Readonly<Record<string, readonly [JsonObject, string]>> = {
  'a number': [deployment, 'Object{spec: Object.spec{replicas: 3}}'],
  'a number that is there': [deployment, 'Object{spec: Object.spec{replicas: 2}}'],
  'a number from the object': [
    deployment,
    'Object{spec: Object.spec{replicas: object.spec.replicas % 2 == 0 ? object.spec.replicas + 1 : 1}}',
  ],
  'a field that is missing': [deployment, 'Object{spec: Object.spec{replicas: object.spec.nothing}}'],
  'a label': [pod, 'Object{metadata: Object.metadata{labels: {"team": "shop"}}}'],
  'an annotation, in maps only': [pod, 'Object{metadata: Object.metadata{annotations: {"example.com/a": object.metadata.name}}}'],
  'a label as a field': [pod, 'Object{metadata: Object.metadata{labels: Object.metadata.labels{team: "shop"}}}'],
  'an optional field with a value': [pod, 'Object{metadata: Object.metadata{?labels: optional.of({"team": "a"})}}'],
  'an optional field without one': [pod, 'Object{metadata: Object.metadata{?labels: object.metadata.?annotations}}'],
  'a sidecar': [
    pod,
    'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh-proxy", image: "mesh/proxy:v1.0.0", args: ["proxy", "sidecar"], restartPolicy: "Always"}]}}',
  ],
  'a sidecar without lists': [
    pod,
    'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh-proxy", image: "mesh/proxy:v1.0.0", restartPolicy: "Always"}]}}',
  ],
  'an item by its key': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web", imagePullPolicy: "Always"}]}}',
  ],
  'all items by a loop': [
    pod,
    'Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, imagePullPolicy: "Always"})}}',
  ],
  'items in another order': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "log", tty: true}, Object.spec.containers{name: "new", image: "a"}, Object.spec.containers{name: "web", tty: true}]}}',
  ],
  'an item of a list in an item': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web", env: [Object.spec.containers.env{name: "A", value: "2"}, Object.spec.containers.env{name: "B", value: "3"}]}]}}',
  ],
  'a port without its protocol': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web", ports: [Object.spec.containers.ports{containerPort: 80, name: "http"}]}]}}',
  ],
  'the same key twice': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web"}, Object.spec.containers{name: "web"}]}}',
  ],
  'an atomic list': [pod, 'Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: "b"}]}}'],
  'an atomic map': [pod, 'Object{spec: Object.spec{nodeSelector: {"disk": "hdd"}}}'],
  'an atomic struct': [deployment, 'Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"l": "v"}}}}'],
  'a field that the kind does not have': [deployment, 'Object{spec: Object.spec{replicasx: 1}}'],
  'a field that the item does not have': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web", imagex: "a"}]}}',
  ],
  'a type that is named wrongly': [deployment, 'Object{spec: Object.specx{replicas: 1}}'],
  'a type of another field': [pod, 'Object{spec: Object.spec{containers: [Object.spec.initContainers{name: "a"}]}}'],
  'a text for a number': [deployment, 'Object{spec: Object.spec{replicas: "1"}}'],
  'null for a number': [deployment, 'Object{spec: Object.spec{replicas: null}}'],
  'a text instead of an object': [deployment, '"text"'],
  'another type of object': [deployment, 'Object.spec{replicas: 1}'],
  'a type that does not exist': [deployment, 'Object{spec: Spec{replicas: 1}}'],
  'two types in a list': [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "a"}, Object.spec.initContainers{name: "b"}]}}',
  ],
  'a field of an object': [pod, 'Object{metadata: Object.metadata{labels: {"a": string(Object.spec{a: "b"}.a)}}}'],
  quantities: [
    pod,
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "web", resources: Object.spec.containers.resources{limits: {"cpu": "0.5", "memory": "128M"}}}]}}',
  ],
  data: [config, 'Object{data: {"b": "2"}}'],
  'a set': [account, 'Object{metadata: Object.metadata{finalizers: ["b", "c"]}}'],
  'an image pull secret': [account, 'Object{imagePullSecrets: [Object.imagePullSecrets{name: "two"}]}'],
  'a port of a service': [service, 'Object{spec: Object.spec{ports: [Object.spec.ports{port: 80, targetPort: 8080}]}}'],
  'a port of another protocol': [service, 'Object{spec: Object.spec{ports: [Object.spec.ports{port: 53, name: "tcp"}]}}'],
  'a volume from a variable of a loop': [
    pod,
    'Object{spec: Object.spec{volumes: ["a", "b"].map(v, Object.spec.volumes{name: v, emptyDir: Object.spec.volumes.emptyDir{}})}}',
  ],
  'an empty object': [pod, 'Object{}'],
  'the kind': [pod, 'Object{kind: "Other"}'],
  'a security context': [pod, 'Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true}}}'],
  'custom: an atomic list': [certificate, 'Object{spec: Object.spec{dnsNames: ["b"]}}'],
  'custom: a set': [certificate, 'Object{spec: Object.spec{usages: ["x", "y"]}}'],
  'custom: an item by its key': [
    certificate,
    'Object{spec: Object.spec{hosts: [Object.spec.hosts{name: "a", port: 2}, Object.spec.hosts{name: "b"}]}}',
  ],
  'custom: a field that it does not have': [certificate, 'Object{spec: Object.spec{other: 1}}'],
  'custom: fields of any name': [certificate, 'Object{spec: Object.spec{any: Object.spec.any{more: 1}, size: "1Gi"}}'],
};
const patched: Readonly<Record<string, readonly [JsonObject, string]>> = {
  'a number': [deployment, '[JSONPatch{op: "replace", path: "/spec/replicas", value: 3}]'],
  'a test that holds': [
    deployment,
    '[JSONPatch{op: "test", path: "/spec/replicas", value: 2}, JSONPatch{op: "replace", path: "/spec/replicas", value: 3}]',
  ],
  'a test that does not': [
    deployment,
    '[JSONPatch{op: "replace", path: "/spec/replicas", value: 3}, JSONPatch{op: "test", path: "/spec/replicas", value: 9}]',
  ],
  'removal of a label': [pod, '[JSONPatch{op: "remove", path: "/metadata/labels/app"}]'],
  'removal of what is not there': [pod, '[JSONPatch{op: "remove", path: "/metadata/labels/b"}]'],
  'removal of an item': [pod, '[JSONPatch{op: "remove", path: "/spec/containers/0"}]'],
  'removal of the last item': [pod, '[JSONPatch{op: "remove", path: "/spec/containers/-1"}]'],
  'a copy': [pod, '[JSONPatch{op: "copy", from: "/metadata/labels/app", path: "/metadata/labels/copy"}]'],
  'a copy to the end': [pod, '[JSONPatch{op: "copy", from: "/spec/containers/0", path: "/spec/containers/-"}]'],
  'a move': [pod, '[JSONPatch{op: "move", from: "/metadata/labels/app", path: "/metadata/labels/name"}]'],
  'a key with a slash': [
    pod,
    '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/env~a"), value: "test"}]',
  ],
  'labels that are missing': [config, '[JSONPatch{op: "add", path: "/metadata/labels/a", value: "1"}]'],
  'labels as a map': [config, '[JSONPatch{op: "add", path: "/metadata/labels", value: {"a": "1"}}]'],
  'replacement of a missing member': [pod, '[JSONPatch{op: "replace", path: "/metadata/labels/new", value: "1"}]'],
  'an item in front': [pod, '[JSONPatch{op: "add", path: "/spec/containers/0", value: {"name": "x"}}]'],
  'an item as an object': [
    pod,
    '[JSONPatch{op: "add", path: "/spec/initContainers", value: [Object.spec.initContainers{name: "a", restartPolicy: "Always"}]}]',
  ],
  'an item beyond the end': [pod, '[JSONPatch{op: "add", path: "/spec/containers/7", value: {"name": "x"}}]'],
  'a field that every object has': [deployment, '[JSONPatch{op: "add", path: "/spec/strategy/type", value: "Recreate"}]'],
  'an unknown field': [pod, '[JSONPatch{op: "add", path: "/spec/containers/0/imagex", value: "a"}]'],
  'a value of the wrong type': [deployment, '[JSONPatch{op: "replace", path: "/spec/replicas", value: "three"}]'],
  'an unknown operation': [pod, '[JSONPatch{op: "set", path: "/metadata/labels/a", value: "1"}]'],
  'no operation': [pod, '[]'],
  'operations on a condition': [
    pod,
    'has(object.metadata.annotations) ? [] : [JSONPatch{op: "add", path: "/metadata/annotations", value: {"a": "b"}}]',
  ],
  'an unknown member of an operation': [pod, '[JSONPatch{op: "add", way: "/metadata/labels/a", value: "1"}]'],
  'a path that is a number': [pod, '[JSONPatch{op: "add", path: 1, value: "1"}]'],
  'members that are read': [
    pod,
    '[JSONPatch{op: "add", path: "/metadata/annotations", value: {"op": JSONPatch{op: "o"}.op, "from": string(has(JSONPatch{}.from)), "equal": string(JSONPatch{op: "a"} == JSONPatch{op: "b"})}}]',
  ],
  null: [deployment, '[JSONPatch{op: "replace", path: "/spec/replicas", value: null}]'],
  'a path without a slash': [pod, '[JSONPatch{op: "add", path: "metadata", value: "1"}]'],
  'custom: a member': [certificate, '[JSONPatch{op: "add", path: "/spec/dnsNames/-", value: "b"}]'],
};

const limits = object('v1', 'ConfigMap', { name: 'limits', namespace: 'prod' }, { data: { team: 'shop' } });
const variables = [{ name: 'team', expression: "object.metadata.labels.?team.orValue('none')" }];
const label = (value: string) => apply(`Object{metadata: Object.metadata{labels: {"team": ${value}}}}`);
const others: readonly MutationCase[] = [
  mutation('mutations one after the other', pod, [
    label('"a"'),
    apply('Object{metadata: Object.metadata{annotations: object.metadata.labels}}'),
  ]),
  mutation(
    'variables see the changed object',
    pod,
    [label('"a"'), apply('Object{metadata: Object.metadata{annotations: {"team": variables.team}}}')],
    { variables },
  ),
  mutation('a variable of another type', pod, [label('variables.none')], { variables }),
  mutation('types of a patch in a variable', pod, [label('"a"')], { variables: [{ name: 'x', expression: 'Object{}' }] }),
  mutation('parameters', pod, [label('params.data.team')], {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    params: [limits],
    bindings: [{ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }],
  }),
  mutation('a match condition that holds', pod, [label('"a"')], {
    matchConditions: [{ name: 'a', expression: '!has(object.metadata.labels.team)' }],
  }),
  mutation('a match condition that does not', pod, [label('"a"')], {
    matchConditions: [{ name: 'a', expression: 'has(object.metadata.labels.team)' }],
  }),
  mutation('a match condition that fails', pod, [label('"a"')], {
    matchConditions: [{ name: 'a', expression: 'object.metadata.nothing == 1' }],
  }),
  mutation('a selector of the binding', pod, [label('"a"')], {
    bindings: [{ matchResources: { objectSelector: { matchLabels: { app: 'other' } } } }],
  }),
  mutation(
    'two bindings',
    pod,
    [apply('Object{metadata: Object.metadata{annotations: {"size": string(size(object.metadata.?annotations.orValue({})))}}}')],
    { bindings: [{}, {}] },
  ),
  mutation('a namespace selector', pod, [label('namespaceObject.metadata.labels.tier')], {
    match: { namespaceSelector: { matchLabels: { tier: 'prod' } } },
  }),
  mutation('the request', object('v1', 'Namespace', { name: 'prod', labels: { tier: 'prod' } }), [
    label('request.operation + "-" + request.name'),
  ]),
  mutation('another kind', pod, [label('"a"')], {
    match: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] },
  }),
];

export const mutationCases: readonly MutationCase[] = [
  ...Object.entries(applied).map(([name, [about, expression]]) =>
    mutation(`an ApplyConfiguration of ${name}`, about, [apply(expression)]),
  ),
  ...Object.entries(patched).map(([name, [about, expression]]) => mutation(`a JSONPatch of ${name}`, about, [patch(expression)])),
  ...others,
];
