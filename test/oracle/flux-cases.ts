// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux are written like this.
import type { GitopsCase } from './gitops-oracle.ts';
import { objectOf, repository } from './gitops-repository.ts';

function kustomization(name: string, spec: string, files: GitopsCase['files'] = repository): GitopsCase {
  const text = `{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: app, namespace: flux-system}, spec: {sourceRef: {kind: GitRepository, name: flux-system}, ${spec}}}`;
  return { name, files, object: objectOf(text) };
}

/** A ConfigMap whose data has the text, as Flux substitutes it with these variables. */
function variables(text: string, substitute: string): GitopsCase {
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  key: ${text}\n`;
  const files = { 'sub/kustomization.yaml': 'resources: [a.yaml]\n', 'sub/a.yaml': manifest };
  return kustomization(`${text} with ${substitute}`, `path: ./sub, postBuild: {substitute: ${substitute}}`, files);
}

export const kustomizations: readonly GitopsCase[] = [
  kustomization('a kustomization', 'path: ./web'),
  kustomization('a kustomization with overlays of its own', 'path: own'),
  kustomization('a namespace', 'path: ./own, targetNamespace: there'),
  kustomization('a prefix and a suffix', 'path: ./own, namePrefix: eu-, nameSuffix: -x'),
  kustomization(
    'images',
    'path: ./web, images: [{name: web, newTag: "9"}, {name: reg.example.com:5000/proxy, newName: p, digest: sha256:aa}]',
  ),
  kustomization('an image by its new name', 'path: ./own, images: [{name: web, newName: reg/web}]'),
  kustomization('an image by its tag', 'path: ./own, images: [{name: web, newTag: "7"}]'),
  kustomization('an image by its digest', 'path: ./own, images: [{name: web, digest: "sha256:bb"}]'),
  kustomization('an image that is not there', 'path: ./own, images: [{name: nowhere, newTag: "7"}]'),
  kustomization(
    'a patch with a target',
    'path: ./own, patches: [{target: {kind: Deployment, name: web}, patch: "- {op: add, path: /spec/minReadySeconds, value: 3}"}]',
  ),
  kustomization(
    'a strategic merge',
    'path: ./own, patches: [{patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {hostNetwork: true}}}}"}]',
  ),
  kustomization(
    'a patch that removes an object',
    'path: ./own, patches: [{patch: "{$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"}]',
  ),
  kustomization(
    'a patch by a label',
    'path: ./own, patches: [{target: {labelSelector: "app=web"}, patch: "- {op: add, path: /spec/minReadySeconds, value: 3}"}]',
  ),
  kustomization(
    'a patch of nothing',
    'path: ./own, patches: [{target: {kind: Job}, patch: "- {op: add, path: /spec/minReadySeconds, value: 3}"}]',
  ),
  kustomization(
    'a patch that fails',
    'path: ./own, patches: [{target: {kind: Deployment}, patch: "- {op: remove, path: /spec/nowhere}"}]',
  ),
  kustomization('a component', 'path: ./web, components: [../component]'),
  kustomization(
    'a component that may be missing',
    'path: ./web, components: [../component, ../nowhere], ignoreMissingComponents: true',
  ),
  kustomization(
    'everything at once',
    'path: ./own, targetNamespace: t, namePrefix: p-, images: [{name: web, newTag: "3"}], components: [../component], patches: [{target: {kind: Deployment}, patch: "- {op: add, path: /metadata/labels/x, value: y}"}]',
  ),
  kustomization('a folder without a kustomization', 'path: ./plain'),
  kustomization('such a folder with a namespace', 'path: ./plain, targetNamespace: there'),
  kustomization('such a folder with images', 'path: ./plain, images: [{name: a, newTag: "2"}, {name: d, newName: e}]'),
  kustomization(
    'such a folder with patches',
    'path: ./plain, patches: [{target: {kind: Pod}, patch: "- {op: add, path: /spec/hostPID, value: true}"}]',
  ),
  kustomization('such a folder with a prefix', 'path: ./plain, namePrefix: eu-'),
  kustomization(
    'such a folder with a kustomization below it',
    'path: ./flux, targetNamespace: f, postBuild: {substitute: {TAG: "3", NODE: n1, OPEN: "true", PRIORITY: "10"}}',
  ),
  kustomization('such a folder with the defaults of variables', 'path: ./flux, postBuild: {substitute: {TAG: "3", NODE: n1}}'),
  kustomization('a folder with a chart’s values', 'path: ./charts, targetNamespace: x'),
  kustomization('no variables', 'path: ./flux, namePrefix: a-, postBuild: {substitute: {}}'),
  kustomization('resources that are not to be substituted', 'path: ./sub, postBuild: {substitute: {A: x}}', {
    'sub/kustomization.yaml': 'resources: [a.yaml]\n',
    'sub/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\ndata: {key: "${A}"}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: "b-${A}"}\ndata: {"k-${A}": "${A}"}\n',
  }),
  kustomization('files of another folder', 'path: ./sub', {
    'sub/kustomization.yaml': 'resources: [../shared/a.yaml]\npatches: [{path: ../shared/patch.yaml}]\n',
    'shared/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    'shared/patch.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n',
  }),
  kustomization('files of another folder, changed', 'path: ./sub, targetNamespace: t', {
    'sub/kustomization.yaml': 'resources: [../shared/a.yaml]\nconfigMapGenerator: [{name: g, files: [../shared/note.txt]}]\n',
    'shared/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    'shared/note.txt': 'a note',
  }),
  variables('${A}', '{A: x}'),
  variables('${A}', '{A: "1"}'),
  variables('${A}', '{A: "true"}'),
  variables('"${A}"', '{A: "1"}'),
  variables('a-${A}-b', '{A: "1"}'),
  variables('$A $$A $${A} ${A}', '{A: x}'),
  variables('${B:=y} ${B:-z} ${A:=y}', '{A: x}'),
  variables('${B=y}', '{A: x}'),
  variables('${B-y}', '{A: x}'),
  variables('"${A:+y}"', '{A: x}'),
  variables('${A^^} ${A,,} ${A^} ${A,}', '{A: xY}'),
  variables('${A:1} ${A:1:2} ${#A}', '{A: abcd}'),
  variables('${A/b/X} ${A//b/X} ${A/#a/X} ${A/%b/X}', '{A: abab}'),
  variables('${A#a*} ${A##a*b} ${A%b*} ${A%%b*}', '{A: abab}'),
  variables('${B:=${A}}', '{A: x}'),
  variables('${B:=x${A}y}', '{A: z}'),
  variables('${B}', '{A: x}'),
  variables('"${A"', '{A: x}'),
  variables('${A}', '{A: "[a, b]"}'),
  variables('${A}', '{A: "a: b"}'),
  variables('"${A} x: y"', '{A: "1"}'),
  variables('"#${A}"', '{A: "1"}'),
  variables('${A}', '{A: "01"}'),
  variables('${A}', '{A: "1e3"}'),
  variables('${A}', '{A: "null"}'),
  variables('${A}', '{A: ""}'),
  variables('${A}', '{A: "two\\nlines"}'),
  variables('|\n    first: ${A}\n    second: "${A}"', '{A: "1"}'),
  variables('${A.B}', '{A: x}'),
  variables('${1A}', '{A: x}'),
  variables('a', '{"a-b": x}'),
];
