import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { matchSelector, same } from './kustomize-match.ts';
import { type Replacement, readReplacements } from './kustomize-schema.ts';
import type { Step } from './kustomize-step.ts';
import { documentsOf, type KustomizeNode } from './kustomize-tree.ts';

type Locate = (path: FieldPath) => SourceLocation;

/** Fields that are copied from another resource stand, as far as a reader can change it, at the target's field path. */
export function replacementSteps(node: KustomizeNode): readonly Step[] {
  return (node.data.replacements ?? []).flatMap((entry, index) => {
    if (!entry.path) return stepsOf(entry, (path) => node.document.locate(['replacements', index, ...path]));
    const file = node.files.get(entry.path);
    return (file === undefined ? [] : documentsOf(file)).flatMap((document) => {
      const isList = Array.isArray(document.value);
      return readReplacements(document.value).flatMap((one, item) =>
        stepsOf(one, (path) => document.locate(isList ? [item, ...path] : path)),
      );
    });
  });
}

function stepsOf(replacement: Replacement, locate: Locate): readonly Step[] {
  return (replacement.targets ?? []).flatMap(({ select, reject, fieldPaths }, index) =>
    (fieldPaths ?? ['metadata.name']).map((written, item): Step => {
      const steps = splitFieldPath(written);
      return {
        write(target, path, now, before) {
          if (!select || !reaches(steps, path, target.object)) return undefined;
          const answer = matchSelector(select, target);
          if (answer === 'no' || (reject ?? []).some((one) => matchSelector(one, target) === 'yes')) return undefined;
          if (answer === 'maybe' && same(before?.value, now)) return undefined;
          return { value: now, place: locate(['targets', index, 'fieldPaths', item]) };
        },
      };
    }),
  );
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
