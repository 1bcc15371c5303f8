import path from 'node:path';
import * as z from 'zod';
import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { SourceLocation } from '../model/location.ts';
import { folderOf } from '../model/paths.ts';
import { schemaProblems } from '../model/schema-problem.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type TrustedFiles, through } from './workspace.ts';

export function isKustomizationFile(file: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file);
}

/** A reference in a kustomization to a file, a folder, or either. */
export interface Reference {
  readonly text: string;
  /** Relative to the workspace; starts with `..` if outside. */
  readonly target: string;
  readonly field: FieldPath;
  readonly place: SourceLocation;
}

export interface Kustomization {
  readonly file: string;
  readonly folder: string;
  readonly isComponent: boolean;
  /** resources, components, bases: a folder among them is another kustomization. */
  readonly parts: readonly Reference[];
  /** Patches, inputs of generators and other files. */
  readonly files: readonly Reference[];
  /** Fields that the gate refuses to run. */
  readonly forbidden: readonly { readonly key: string; readonly place: SourceLocation }[];
}

const strings = z.array(z.string()).nullish();
const generators = z.array(z.looseObject({ files: strings, envs: strings, env: z.string().nullish() })).nullish();
const pathed = z.array(z.looseObject({ path: z.string().nullish() })).nullish();
const schema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  resources: strings,
  components: strings,
  bases: strings,
  crds: strings,
  configurations: strings,
  generators: strings,
  transformers: strings,
  validators: strings,
  patchesStrategicMerge: strings,
  patches: pathed,
  patchesJson6902: pathed,
  replacements: pathed,
  configMapGenerator: generators,
  secretGenerator: generators,
  openapi: z.looseObject({ path: z.string().nullish() }).nullish(),
});

const partKeys = ['resources', 'components', 'bases'] as const;
const fileKeys = ['crds', 'configurations', 'generators', 'transformers', 'validators', 'patchesStrategicMerge'] as const;
const pathKeys = ['patches', 'patchesJson6902', 'replacements'] as const;
const generatorKeys = ['configMapGenerator', 'secretGenerator'] as const;
/** They make kustomize start Helm or fetch charts, with the permissions of the gate. */
const forbiddenKeys = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'];

/** Undefined if the file is of another kind (Flux also has a Kustomization). */
export async function readKustomization(file: string, workspace: TrustedFiles): Promise<Kustomization | undefined> {
  const documents = parseYaml({ file, text: await workspace.readText(file) });
  const [document] = documents;
  if (document === undefined || documents.length > 1)
    throw broken(
      file,
      documents[1]?.line ?? 1,
      document === undefined ? 'the kustomization is empty' : `the kustomization has ${documents.length} documents`,
      'exactly one document',
    );
  const parsed = schema.safeParse(document.value);
  if (!parsed.success) {
    const [{ path: field, message }] = schemaProblems(parsed.error, { value: document.value, whole: 'the kustomization' });
    throw broken(file, document.locate(field).line, message);
  }
  const data = parsed.data;
  if (data.apiVersion && !data.apiVersion.startsWith('kustomize.config.k8s.io/')) return undefined;
  const folder = folderOf(file);
  const refer = (text: string, ...field: readonly (string | number)[]): Reference => {
    const target = through(path.posix.join(folder, text).replace(/\/$/, ''), workspace);
    return { text, target, field, place: document.locate(field) };
  };
  const list = (key: (typeof partKeys | typeof fileKeys)[number]) =>
    (data[key] ?? []).filter(isOneLine).map((text, index) => refer(text, key, index));
  const ofPath = (key: (typeof pathKeys)[number]) =>
    (data[key] ?? []).flatMap(({ path: text }, index) => (text ? [refer(text, key, index, 'path')] : []));
  const ofGenerator = (key: (typeof generatorKeys)[number]) =>
    (data[key] ?? []).flatMap((generator, index) => [
      ...(generator.files ?? []).map((text, item) => refer(text.slice(text.indexOf('=') + 1), key, index, 'files', item)),
      ...(generator.envs ?? []).map((text, item) => refer(text, key, index, 'envs', item)),
      ...(generator.env ? [refer(generator.env, key, index, 'env')] : []),
    ]);
  return {
    file,
    folder,
    isComponent: data.kind === 'Component',
    parts: partKeys.flatMap(list),
    files: [
      ...fileKeys.flatMap(list),
      ...pathKeys.flatMap(ofPath),
      ...generatorKeys.flatMap(ofGenerator),
      ...(data.openapi?.path ? [refer(data.openapi.path, 'openapi', 'path')] : []),
    ],
    forbidden: forbiddenKeys.filter((key) => data[key] != null).map((key) => ({ key, place: document.locate([key]) })),
  };
}

/** Patches and generators may also be inline, as text of several lines. */
function isOneLine(text: string): boolean {
  return !text.includes('\n');
}

function broken(file: string, line: number, message: string, expected = 'a valid kustomization'): GateError {
  return new GateError('MANIFEST_INVALID', { file, line, message, expected, next: 'Correct the kustomization.' });
}
