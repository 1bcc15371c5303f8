import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { type Replacement, readReplacements } from '../render/kustomize-schema.ts';
import { documentsOf, isNode, type KustomizeNode } from '../render/kustomize-tree.ts';
import type { Identity } from '../render/objects.ts';

type Locate = (path: FieldPath) => SourceLocation;

/** The target of a replacement that a field is: what is copied from another resource is, as far as a reader can change it, there. The last one decides. */
export function replacementOf({ kind, object }: Identity, field: FieldPath, root: KustomizeNode): SourceLocation | undefined {
  const places = allReplacements(root).flatMap(([replacement, locate]) =>
    (replacement.targets ?? []).flatMap(({ select, fieldPaths }, index) => {
      if (!select || (select.kind && select.kind !== kind)) return [];
      return (fieldPaths ?? ['metadata.name']).flatMap((written, item) =>
        reaches(splitFieldPath(written), field, object) ? [locate(['targets', index, 'fieldPaths', item])] : [],
      );
    }),
  );
  return places.at(-1);
}

function allReplacements(node: KustomizeNode): readonly (readonly [Replacement, Locate])[] {
  const below = [...node.parts, ...node.components].flatMap((part) => (isNode(part) ? allReplacements(part) : []));
  const own = (node.data.replacements ?? []).flatMap((entry, index): readonly (readonly [Replacement, Locate])[] => {
    if (!entry.path) return [[entry, (path) => node.document.locate(['replacements', index, ...path])]];
    const file = node.files.get(entry.path);
    return (file === undefined ? [] : documentsOf(file)).flatMap(({ value, locate }) =>
      readReplacements(value).map((one, item) => [one, (path) => locate(Array.isArray(value) ? [item, ...path] : path)] as const),
    );
  });
  return [...below, ...own];
}

/** `spec.containers.[name=web].image`, with `\.` for a dot in a key; https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/. */
function splitFieldPath(written: string): readonly string[] {
  return (written.match(/\[[^\]]*\]|(?:\\.|[^.[\\])+/g) ?? []).map((step) => step.replaceAll('\\.', '.'));
}

function reaches(steps: readonly string[], path: FieldPath, object: JsonValue): boolean {
  if (steps.length === 0 || steps.length > path.length) return false;
  return steps.every((step, index) => {
    const actual = path[index];
    if (step === '*') return true;
    const [, key, value] = /^\[([^=]+)=(.*)\]$/.exec(step) ?? [];
    if (key === undefined) return step.replace(/^\[(.*)\]$/, '$1') === String(actual);
    return valueAt(object, [...path.slice(0, index + 1), key]) === value;
  });
}
