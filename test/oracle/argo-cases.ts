// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Argo CD are written like this.
import type { GitopsCase } from './gitops-oracle.ts';
import { objectOf, repository } from './gitops-repository.ts';

const url = 'https://git.example.com/org/repo';

function application(name: string, source: string, files: GitopsCase['files'] = repository): GitopsCase {
  const spec = `{project: shop, destination: {server: https://k, namespace: web}, source: {repoURL: ${url}, ${source}}}`;
  return {
    name,
    files,
    object: objectOf(
      `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: app, namespace: argocd}, spec: ${spec}}`,
    ),
  };
}

function sources(name: string, text: string): GitopsCase {
  const spec = `{project: shop, destination: {server: https://k, namespace: web}, sources: ${text}}`;
  return {
    name,
    files: repository,
    object: objectOf(
      `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: app, namespace: argocd}, spec: ${spec}}`,
    ),
  };
}

const chart = (helm: string): string => `path: charts/app, helm: ${helm}`;
const web = (kustomize: string): string => `path: web, kustomize: ${kustomize}`;
const own = (kustomize: string): string => `path: own, kustomize: ${kustomize}`;
const source = (files: GitopsCase['files'], name: string): GitopsCase => application(name, 'path: charts/app', files);

export const applications: readonly GitopsCase[] = [
  application('a chart', 'path: charts/app'),
  application('a chart by a path with dots', 'path: ./charts/../charts/app/'),
  application('values files in order', chart('{valueFiles: [values-zone.yaml, values-prod.yaml]}')),
  application('a values file of the repository', chart('{valueFiles: [/settings/app.yaml]}')),
  application('a values file next to the chart', chart('{valueFiles: [../../settings/app.yaml]}')),
  application('the chart’s own values file, named', chart('{valueFiles: [values-prod.yaml, values.yaml]}')),
  application('values files by a pattern', chart('{valueFiles: ["values-*.yaml"]}')),
  application(
    'a values file by a pattern and by name',
    chart('{valueFiles: [values-prod.yaml, "values-*.yaml", values-zone.yaml]}'),
  ),
  application('a values file that is missing', chart('{valueFiles: [nowhere.yaml]}')),
  application('a values file that may be missing', chart('{valueFiles: [nowhere.yaml], ignoreMissingValueFiles: true}')),
  application('a pattern that matches nothing and may', chart('{valueFiles: ["x/*.yaml"], ignoreMissingValueFiles: true}')),
  application('a values file by a build variable', chart('{valueFiles: ["/settings/$ARGOCD_APP_NAME.yaml"]}')),
  application('values as text', chart('{values: "image: web:text\\nargs: [a]"}')),
  application('values as a map win', chart('{values: "image: web:text", valuesObject: {image: web:map}}')),
  application('parameters', chart('{parameters: [{name: image, value: web:2}, {name: privileged, value: "true"}]}')),
  application('a parameter that stays a text', chart('{parameters: [{name: image, value: "5", forceString: true}]}')),
  application('a parameter with a comma', chart('{parameters: [{name: image, value: "a,b"}]}')),
  application('a parameter that is a list', chart('{parameters: [{name: args, value: "{a,b}"}]}')),
  application('a parameter by an index', chart('{parameters: [{name: "args[0]", value: x}]}')),
  application('a parameter with a dot in its name', chart('{parameters: [{name: "labels.a\\\\.b/c", value: x}]}')),
  application(
    'a parameter with build variables',
    chart('{parameters: [{name: image, value: "web:$ARGOCD_APP_NAME-${ARGOCD_APP_NAMESPACE}-$HOME$$"}]}'),
  ),
  application(
    'parameters that are null, octal, large or a float',
    chart(
      '{parameters: [{name: "labels.a", value: "null"}, {name: "labels.b", value: "0755"}, {name: "labels.c", value: "1.5"}, {name: "labels.d", value: "12345678901234567890"}]}',
    ),
  ),
  application('a parameter that is empty', chart('{parameters: [{name: image, value: ""}]}')),
  application(
    'a parameter that is there twice',
    chart('{parameters: [{name: image, value: web:8}, {name: image, value: web:9}]}'),
  ),
  application('a file as a parameter', chart('{fileParameters: [{name: image, path: ../../settings/note.txt}]}')),
  application('a release name and a namespace', chart('{releaseName: other, namespace: there}')),
  application('a chart without its CRDs', chart('{skipCrds: true}')),
  application('a chart without its tests', chart('{skipTests: true}')),
  application('a version of Kubernetes and APIs', chart('{kubeVersion: "1.30.0", apiVersions: [monitoring.coreos.com/v1]}')),
  application('a version of Helm', chart('{version: v3}')),
  source(
    { ...repository, 'charts/app/.argocd-source.yaml': 'helm: {parameters: [{name: image, value: web:all}]}\n' },
    'parameters in .argocd-source.yaml',
  ),
  source(
    { ...repository, 'charts/app/.argocd-source-app.yaml': 'helm: {parameters: [{name: image, value: web:one}]}\n' },
    'parameters in .argocd-source-app.yaml',
  ),
  sources(
    'values of another source',
    `[{repoURL: ${url}, path: charts/app, helm: {valueFiles: [$values/settings/app.yaml]}}, {repoURL: ${url}, ref: values}]`,
  ),
  sources('two sources', `[{repoURL: ${url}, path: charts/app}, {repoURL: ${url}, path: web}]`),
  application('a kustomization', 'path: web'),
  application('images', web('{images: ["web:9", "reg.example.com:5000/proxy=p@sha256:aa"]}')),
  application('an image with a build variable', web('{images: ["web:$ARGOCD_APP_REVISION_SHORT"]}')),
  application('an image that the kustomization changes', own('{images: ["web=reg/web"]}')),
  application('an image with an asterisk', own('{images: ["web=*:5"]}')),
  application('a prefix, a suffix and a namespace', own('{namePrefix: eu-, nameSuffix: -x, namespace: there}')),
  application('labels', web('{commonLabels: {env: "$ARGOCD_APP_NAME"}}')),
  application('labels without selectors', web('{commonLabels: {env: prod}, labelWithoutSelector: true}')),
  application(
    'labels with templates',
    web('{commonLabels: {env: prod}, labelWithoutSelector: true, labelIncludeTemplates: true}'),
  ),
  application('a label that is taken', own('{commonLabels: {team: b}, labelWithoutSelector: true}')),
  application('a label that is forced', own('{commonLabels: {team: b}, labelWithoutSelector: true, forceCommonLabels: true}')),
  application('annotations', web('{commonAnnotations: {a: "$ARGOCD_APP_NAME"}}')),
  application(
    'annotations with build variables',
    web('{commonAnnotations: {a: "$ARGOCD_APP_NAME"}, commonAnnotationsEnvsubst: true}'),
  ),
  application('an annotation that is taken', own('{commonAnnotations: {owner: b}}')),
  application('an annotation that is forced', own('{commonAnnotations: {owner: b}, forceCommonAnnotations: true}')),
  application('replicas', own('{replicas: [{name: web, count: 4}]}')),
  application(
    'patches',
    own('{patches: [{target: {kind: Deployment, name: web}, patch: "- {op: add, path: /spec/minReadySeconds, value: 3}"}]}'),
  ),
  application('a patch that is a file', web('{patches: [{path: patches/open.yaml}]}')),
  application('a component', web('{components: [../component]}')),
  application('a component that may be missing', web('{components: [../component, ../nowhere], ignoreMissingComponents: true}')),
  application('a folder', 'path: plain'),
  application('a folder with those below it', 'path: plain, directory: {recurse: true}'),
  application(
    'a folder with a choice',
    'path: plain, directory: {recurse: true, include: "{a.yaml,sub/*}", exclude: "*-test.yaml"}',
  ),
];

function set(name: string, spec: string): GitopsCase {
  return {
    name,
    files: repository,
    object: objectOf(
      `{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: set, namespace: argocd}, spec: ${spec}}`,
    ),
  };
}

const template = (name: string, path: string, more = ''): string =>
  `template: {metadata: {name: "${name}"}, spec: {project: shop, destination: {server: https://k, namespace: web}, source: {repoURL: ${url}, path: "${path}"${more}}}}`;
const go = 'goTemplate: true, goTemplateOptions: ["missingkey=error"]';
const git = `repoURL: ${url}, revision: HEAD`;

export const applicationSets: readonly GitopsCase[] = [
  set(
    'a list',
    `{generators: [{list: {elements: [{id: a, i: "1"}, {id: b, i: "2"}]}}], ${template('{{id}}', 'charts/app', ', helm: {parameters: [{name: image, value: "web:{{ i }}"}]}')}}`,
  ),
  set(
    'a list with Go templates',
    `{${go}, generators: [{list: {elements: [{id: a, x: {y: z}}]}}], ${template('{{.id}}-{{.x.y | upper | lower}}', 'charts/app', ', helm: {releaseName: "{{ printf \\"%s-r\\" .id }}"}')}}`,
  ),
  set(
    'folders',
    `{generators: [{git: {${git}, directories: [{path: "*"}, {path: charts, exclude: true}, {path: flux, exclude: true}, {path: config, exclude: true}, {path: settings, exclude: true}, {path: component, exclude: true}]}}], ${template('{{path.basename}}', '{{path}}')}}`,
  ),
  set(
    'folders below one',
    `{${go}, generators: [{git: {${git}, directories: [{path: "plain/**"}]}}], ${template('{{.path.basenameNormalized}}', '{{.path.path}}')}}`,
  ),
  set(
    'files',
    `{${go}, generators: [{git: {${git}, files: [{path: "config/*.json"}]}}], ${template('{{.name}}-{{.zone.id}}', 'charts/app')}}`,
  ),
  set(
    'files without Go templates',
    `{generators: [{git: {${git}, files: [{path: "config/**/*.json"}], values: {full: "{{name}}-x"}}}], ${template('{{values.full}}-{{zone.id}}', 'charts/app')}}`,
  ),
  set(
    'a matrix',
    `{${go}, generators: [{matrix: {generators: [{list: {elements: [{env: dev}, {env: prod}]}}, {git: {${git}, files: [{path: "config/*.json"}]}}]}}], ${template('{{.env}}-{{.name}}', 'charts/app')}}`,
  ),
  set(
    'a merge',
    `{${go}, generators: [{merge: {mergeKeys: [id], generators: [{list: {elements: [{id: a, t: "1"}, {id: b, t: "1"}]}}, {list: {elements: [{id: b, t: "2"}, {id: c, t: "3"}]}}]}}], ${template('{{.id}}', 'charts/app', ', helm: {parameters: [{name: image, value: "web:{{.t}}"}]}')}}`,
  ),
  set(
    'a selector',
    `{${go}, generators: [{selector: {matchLabels: {env: prod}}, list: {elements: [{id: a, env: dev}, {id: b, env: prod}]}}], ${template('{{.id}}', 'charts/app')}}`,
  ),
  set(
    'a selector with expressions',
    `{${go}, generators: [{selector: {matchExpressions: [{key: env, operator: NotIn, values: [dev]}]}, list: {elements: [{id: a, env: dev}, {id: b, env: prod}, {id: c}]}}], ${template('{{.id}}', 'charts/app')}}`,
  ),
  set(
    'a template of a generator',
    `{${go}, generators: [{list: {elements: [{id: a}], template: {metadata: {}, spec: {source: {repoURL: ${url}, path: web, targetRevision: ""}, destination: {}, project: ""}}}}], ${template('{{.id}}', 'charts/app')}}`,
  ),
  set(
    'a template patch',
    `{${go}, generators: [{list: {elements: [{id: a, open: true}]}}], ${template('{{.id}}', 'charts/app', ', helm: {releaseName: x, parameters: [{name: image, value: web:5}]}')}, templatePatch: "spec: {project: other, source: {helm: {releaseName: null{{- if .open }}, parameters: [{name: privileged, value: \\"true\\"}]{{- end }}}}}"}`,
  ),
  set(
    'functions of Argo CD',
    `{${go}, generators: [{list: {elements: [{id: "Feature/A_b.C"}]}}], ${template('{{normalize .id}}', 'charts/app', ', helm: {releaseName: "{{ slugify .id }}"}')}}`,
  ),
  set(
    'a text of YAML',
    `{${go}, generators: [{list: {elementsYaml: "[{id: a}, {id: b}]"}}], ${template('{{.id}}', 'charts/app')}}`,
  ),
  set(
    'a parameter that does not exist',
    `{${go}, generators: [{list: {elements: [{id: a}]}}], ${template('{{.nowhere}}', 'charts/app')}}`,
  ),
];
