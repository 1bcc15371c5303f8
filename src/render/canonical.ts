import path from 'node:path';
import type { Canonicalizer } from '../model/canonical.ts';
import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';

interface Line {
  readonly text: string;
  readonly path: FieldPath;
}

/** Annotations by which a manifest would tell an engine to look away. Suppression is the gate's own. */
const ignoreAnnotation = /^(?:ignore-check\.kube-linter\.io\/|kube-linter\.io\/ignore)/;

export function createCanonicalizer(files: Pick<Files, 'write'>): Canonicalizer {
  return {
    async write(folder, resources) {
      const paths = new Map<string, string>();
      const lines = new Map<string, readonly FieldPath[]>();
      for (const resource of resources) {
        const written = block(resource.object, [], '');
        const file = path.join(folder, `${resource.uid}.yaml`);
        await files.write(file, `${written.map((line) => line.text).join('\n')}\n`);
        paths.set(resource.uid, file);
        lines.set(
          resource.uid,
          written.map((line) => line.path),
        );
      }
      return { files: paths, fieldAt: (uid, line) => lines.get(uid)?.[line - 1] };
    },
  };
}

/** The lines of a map or list that is not empty. */
function block(value: JsonValue, at: FieldPath, margin: string): readonly Line[] {
  if (isArray(value)) return value.flatMap((item, index) => listItem(item, [...at, index], margin));
  if (!isObject(value)) return [{ text: `${margin}${scalar(value)}`, path: at }];
  return Object.entries(value)
    .filter(([key]) => at.at(-1) !== 'annotations' || !ignoreAnnotation.test(key))
    .flatMap(([key, item]) => {
      const own = [...at, key];
      const head = `${margin}${quote(key)}:`;
      return isLeaf(item, own)
        ? [{ text: `${head} ${scalar(item)}`, path: own }]
        : [{ text: head, path: own }, ...block(item, own, `${margin}  `)];
    });
}

function listItem(item: JsonValue, own: FieldPath, margin: string): readonly Line[] {
  if (isLeaf(item, own)) return [{ text: `${margin}- ${scalar(item)}`, path: own }];
  const [first, ...rest] = block(item, own, `${margin}  `);
  return first === undefined ? [] : [{ ...first, text: `${margin}- ${first.text.slice(margin.length + 2)}` }, ...rest];
}

/** Whether a value is written on one line: a scalar, or a map or list that is empty after filtering. */
function isLeaf(value: JsonValue, at: FieldPath): boolean {
  if (isArray(value)) return value.length === 0;
  if (!isObject(value)) return true;
  const keys = Object.keys(value);
  return at.at(-1) === 'annotations' ? keys.every((key) => ignoreAnnotation.test(key)) : keys.length === 0;
}

function scalar(value: JsonValue): string {
  if (isArray(value)) return '[]';
  if (isObject(value)) return '{}';
  return typeof value === 'string' ? quote(value) : typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

/**
 * JSON's quoting, which YAML reads in the same way, with what YAML does not take raw escaped too. An engine that looks for its ignore
 * comments by line would find them inside a string: one character of the mark is written as an escape, the value stays.
 */
function quote(text: string): string {
  return JSON.stringify(text)
    .replaceAll(
      /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/(trivy|tfsec|nosec|kics-scan|checkov)(\s*):/gi, '$1$2\\u003a');
}
