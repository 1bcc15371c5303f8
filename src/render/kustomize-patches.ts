import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { jsonPatch } from './kustomize-json-patch.ts';
import { matchSelector } from './kustomize-match.ts';
import { mergePatch } from './kustomize-merge-patch.ts';
import type { KustomizationData, KustomizeSelector } from './kustomize-schema.ts';
import type { Step } from './kustomize-step.ts';
import { documentsOf, type KustomizeNode } from './kustomize-tree.ts';

type Patch = NonNullable<KustomizationData['patches']>[number];

/** One step for each document of each patch, in the order in which kustomize applies them. */
export function patchSteps(node: KustomizeNode, key: 'patches' | 'patchesJson6902'): readonly Step[] {
  return (node.data[key] ?? []).flatMap((patch, index) => {
    const documents =
      patch.patch !== undefined && patch.patch !== null && patch.patch !== ''
        ? writtenInPlace(node, [key, index, 'patch'], patch.patch)
        : named(node, patch.path);
    return documents.flatMap((document) => step(document, patch));
  });
}

export function strategicMergeSteps(node: KustomizeNode): readonly Step[] {
  return (node.data.patchesStrategicMerge ?? []).flatMap((written, index) => {
    const file = node.files.get(written);
    const documents = file === undefined ? writtenInPlace(node, ['patchesStrategicMerge', index], written) : documentsOf(file);
    return documents.flatMap((document) => step(document, {}));
  });
}

function step(document: YamlDocument, { target, options }: Patch): readonly Step[] {
  const matches = (selector: KustomizeSelector): Parameters<typeof jsonPatch>[1] => {
    return (resource) => matchSelector(selector, resource);
  };
  if (isArray(document.value)) return target ? [jsonPatch(document, matches(target))] : [];
  if (!isObject(document.value)) return [];
  const renames = options?.allowNameChange === true;
  return [mergePatch(document, document.value, target ? matches(target) : undefined, renames)];
}

function named(node: KustomizeNode, path: string | null | undefined): readonly YamlDocument[] {
  const file = node.files.get(path ?? '');
  return file === undefined ? [] : documentsOf(file);
}

/** A patch written in place stands below the `|` of its block, line by line; of text that is folded or quoted only the key is known. */
function writtenInPlace(node: KustomizeNode, at: FieldPath, text: string): readonly YamlDocument[] {
  const start = node.document.locate(at);
  const head = node.text.split('\n')[start.line - 1] ?? '';
  const isBlock = /(?:^|[\s:-])\|[-+0-9]*\s*(?:#.*)?$/.test(head);
  const inPlace = ({ line, precision }: SourceLocation): SourceLocation => {
    if (isBlock) return { file: start.file, line: start.line + line, precision };
    return text.trim().includes('\n') ? { ...start, precision: 'parent' } : { ...start, precision };
  };
  return documentsOf({ file: node.file, text }).map((document) => ({
    ...document,
    locate: (path) => inPlace(document.locate(path)),
  }));
}
