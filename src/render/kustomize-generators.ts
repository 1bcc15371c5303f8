import type { FieldPath } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Generator } from './kustomize-schema.ts';
import type { Step } from './kustomize-step.ts';
import type { KustomizeNode } from './kustomize-tree.ts';

const kinds = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' } as const;

/** The entries that make, or add to, ConfigMaps and Secrets of a name. */
export function generatorsFor(
  node: KustomizeNode,
  kind: string,
): readonly { readonly generator: Generator; readonly at: FieldPath }[] {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  const key = kinds[kind];
  return (node.data[key] ?? []).map((generator, index) => ({ generator, at: [key, index] }));
}

/** Where an entry writes a field of what it makes. Undefined: it does not. */
export function placeInGenerator(
  node: KustomizeNode,
  generator: Generator,
  at: FieldPath,
  path: FieldPath,
): SourceLocation | undefined {
  const [first, second] = path;
  const key = String(path.at(-1));
  if ((first === 'data' || first === 'binaryData') && path.length === 2) return placeOfData(node, generator, at, String(second));
  if (first === 'metadata' && second === 'name') return node.document.locate([...at, 'name']);
  if (first === 'type' || first === 'immutable') {
    const place = node.document.locate(first === 'type' ? [...at, first] : [...at, 'options', first]);
    return place.precision === 'field' ? place : undefined;
  }
  if (first !== 'metadata' || (second !== 'labels' && second !== 'annotations') || path.length !== 3) return undefined;
  for (const options of [[...at, 'options'], ['generatorOptions']]) {
    const place = node.document.locate([...options, second, key]);
    if (place.precision === 'field') return place;
  }
  return undefined;
}

function placeOfData(node: KustomizeNode, generator: Generator, at: FieldPath, key: string): SourceLocation | undefined {
  const item = (list: string, index: number): SourceLocation => node.document.locate([...at, list, index]);
  const literal = (generator.literals ?? []).findLastIndex((text) => nameOf(text) === key);
  if (literal !== -1) return item('literals', literal);
  const file = (generator.files ?? []).findLastIndex((text) => {
    return (text.includes('=') ? nameOf(text) : (text.split('/').at(-1) ?? '')) === key;
  });
  if (file !== -1) return item('files', file);
  for (const name of [...(generator.envs ?? []), ...(generator.env ? [generator.env] : [])]) {
    const found = node.files.get(name);
    const line = found?.text.split('\n').findLastIndex((text) => nameOf(text.trimStart()) === key) ?? -1;
    if (found !== undefined && line !== -1) return { file: found.file, line: line + 1, precision: 'field' };
  }
  return undefined;
}

function nameOf(text: string): string {
  const [name = ''] = text.split('=');
  return name.trimEnd();
}

/** What an outer kustomization merges into a generated ConfigMap or Secret. */
export function generatorSteps(node: KustomizeNode): readonly Step[] {
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    generatorsFor(node, kind)
      .filter(({ generator }) => generator.behavior === 'merge' || generator.behavior === 'replace')
      .map(
        ({ generator, at }): Step => ({
          write(target, path, now: JsonValue | undefined) {
            const isData = path[0] === 'data' || path[0] === 'binaryData' || (path[0] === 'metadata' && path.length === 3);
            if (target.kind !== kind || !target.names.includes(generator.name ?? '') || !isData) return undefined;
            const place = placeInGenerator(node, generator, at, path);
            return place === undefined ? undefined : { value: now, place };
          },
        }),
      ),
  );
}
