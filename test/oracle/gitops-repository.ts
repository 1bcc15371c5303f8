// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import { isObject, type JsonObject } from '../../src/model/json.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';

const pod = (name: string, image: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  labels: {app: ${name}}\nspec:\n  containers:\n    - name: main\n      image: ${image}\n${more}`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
        - name: proxy
          image: reg.example.com:5000/proxy:1
`;

/** What the cases deploy: a chart, kustomizations, and folders of manifests. */
export const repository = {
  'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'charts/app/values.yaml': 'image: web:1\nprivileged: false\nargs: []\nlabels: {}\n',
  'charts/app/values-prod.yaml': 'image: web:prod\n',
  'charts/app/values-zone.yaml': 'image: web:zone\nprivileged: true\n',
  'charts/app/crds/things.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}\n',
  'charts/app/templates/pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {{ .Values.labels | toJson }}
  annotations:
    kube: {{ .Capabilities.KubeVersion.Version | quote }}
    monitoring: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
spec:
  containers:
    - name: a
      image: {{ .Values.image | quote }}
      args: {{ .Values.args | toJson }}
      securityContext: {privileged: {{ .Values.privileged }}}
`,
  'charts/app/templates/test.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: check, annotations: {helm.sh/hook: test}}\nspec: {containers: [{name: a, image: check}]}\n',
  'settings/app.yaml': 'image: web:settings\n',
  'settings/note.txt': 'a note',
  'web/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'web/deployment.yaml': deployment,
  'web/patches/open.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {hostNetwork: true}}}\n',
  'own/kustomization.yaml':
    'resources: [../web]\nnamePrefix: own-\nnamespace: own\ncommonAnnotations: {owner: own}\nlabels: [{pairs: {team: own}}]\nimages: [{name: web, newName: mirror/web, newTag: "2"}]\npatches: [{target: {kind: Deployment}, patch: "- {op: add, path: /spec/paused, value: true}"}]\nreplicas: [{name: web, count: 2}]\nconfigMapGenerator: [{name: settings, literals: [a=b], files: [data/note.txt]}]\n',
  'own/data/note.txt': 'a note of own',
  'component/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{target: {kind: Deployment}, patch: "- {op: add, path: /spec/minReadySeconds, value: 5}"}]\n',
  'plain/a.yaml': pod('a', 'a:1'),
  'plain/b.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}\n',
  'plain/sub/c.yaml': pod('c', 'c:1'),
  'plain/sub/d-test.yaml': pod('d', 'd:1'),
  'flux/a.yaml': pod('a', '${REGISTRY:=docker.io}/a:${TAG}', '  nodeName: ${NODE}\n'),
  'flux/more/b.yaml': pod('b', 'b:1', '  hostNetwork: ${OPEN:-false}\n  priority: ${PRIORITY:-0}\n'),
  'flux/built/kustomization.yaml': 'resources: [c.yaml]\nnameSuffix: -built\n',
  'flux/built/c.yaml': pod('c', 'c:1'),
  'config/eu.json': '{"name": "eu", "zone": {"id": "1"}}\n',
  'config/deep/us.json': '{"name": "us", "zone": {"id": "2"}}\n',
} as const;

export function objectOf(text: string): JsonObject {
  const value = parseYaml({ file: 'pointer', text })[0]?.value;
  if (!isObject(value)) throw new Error(`no object: ${text}`);
  return value;
}
