import type { GateConfig } from '../../src/model/config.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import { valueAt } from '../../src/model/field-path.ts';
import type { RenderedSet } from '../../src/render/render.ts';
import { withPlaces } from '../../src/trace/trace.ts';
import { installedTool } from '../support/tools.ts';
import { renderRepository } from './bench.ts';

const helm = await installedTool('helm');
const kustomize = await installedTool('kustomize');
export const missing = helm === undefined || kustomize === undefined;
export const tools = (id: string) => {
  const tool = id === 'helm' ? helm : kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};
export const run = async (files: Readonly<Record<string, string>>, part: Partial<GateConfig> = {}): Promise<RenderedSet> => {
  const set = await renderRepository(files, tools, part);
  return set as RenderedSet;
};

export const privileged: FieldPath = ['spec', 'containers', 0, 'securityContext', 'privileged'];
export const image: FieldPath = ['spec', 'containers', 0, 'image'];

/** `value at file:line` of a field of each resource of a kind, traced as findings are. */
export async function fieldsAt(set: RenderedSet, kind: string, path: FieldPath): Promise<readonly string[]> {
  const wanted = new Map(set.resources.map(({ uid }) => [uid, [path]]));
  const resources = await withPlaces(set.resources, wanted, set.provenance, 2);
  return resources
    .filter((resource) => resource.kind === kind)
    .map(({ object, origin }) => {
      const { file, line } = origin.locate(path);
      return `${String(valueAt(object, path))} at ${file}:${line}`;
    });
}

export function gapsOf({ pointers, resources }: RenderedSet): readonly string[] {
  return resources.flatMap(({ uid, origin }) =>
    (pointers?.get(uid) ?? []).map(({ path, what, reason }) => `${origin.locate(path).line}: ${what}: ${reason}`),
  );
}

export const chart = {
  'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'charts/app/values.yaml': 'privileged: false\nimage: web:1\n',
  'charts/app/templates/pod.yaml': [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}"}',
    'spec:',
    '  containers:',
    '    - name: a',
    '      image: {{ .Values.image | quote }}',
    '      securityContext: {privileged: {{ .Values.privileged }}}',
    '',
  ].join('\n'),
};
export const application = (source: string) =>
  [
    'apiVersion: argoproj.io/v1alpha1',
    'kind: Application',
    'metadata: {name: shop, namespace: argocd}',
    'spec:',
    '  destination: {namespace: web}',
    '  source:',
    '    repoURL: https://git.example.com/org/repo',
    ...source.split('\n').map((line) => `    ${line}`),
    '',
  ].join('\n');
export const kustomization = {
  'web/kustomization.yaml': 'resources: [pod.yaml]\n',
  'web/pod.yaml': [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: web}',
    'spec:',
    '  containers:',
    '    - name: a',
    '      image: web:1',
    '      securityContext: {privileged: false}',
    '',
  ].join('\n'),
};
