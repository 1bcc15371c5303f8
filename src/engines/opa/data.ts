import { GateError } from '../../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { parseYaml } from '../../yaml/yaml.ts';

export function isModule({ file }: Pick<PolicyFile, 'file'>): boolean {
  return /\.rego$/i.test(file);
}

/**
 * `data` of the rules: `engines.opa.data` and the data files next to the policies, which conftest merges at the root in the same way,
 * whatever their names. Throws POLICY_INVALID if two of them define the same key.
 */
export function mergedData(configured: JsonObject, files: readonly PolicyFile[]): JsonObject {
  return files.reduce((data, file) => merge(data, rootOf(file), file.file, []), configured);
}

function rootOf({ file, text }: PolicyFile): JsonObject {
  const [first, second] = parseYaml({ file, text, errorCode: 'POLICY_INVALID' });
  const problem = (line: number, message: string) =>
    new GateError('POLICY_INVALID', {
      file,
      line,
      message,
      expected: 'one document with data for rules: a map from names to values',
      next: 'Correct the file, or move it out of the folders in `policies`.',
    });
  if (second !== undefined) throw problem(second.line, 'the data file contains several documents');
  const value = first?.value;
  if (!isObject(value)) throw problem(1, 'the data file contains no map');
  const reserved = Object.keys(value).find((key) => key.startsWith('k8s_gate'));
  if (reserved !== undefined) throw problem(1, `the name ${reserved} is reserved: it starts with k8s_gate`);
  return value;
}

function merge(known: JsonObject, added: JsonObject, file: string, path: readonly string[]): JsonObject {
  const merged: Record<string, JsonValue> = { ...known };
  for (const [key, value] of Object.entries(added)) {
    const [before, at] = [Object.hasOwn(known, key) ? known[key] : undefined, [...path, key]];
    if (before === undefined) merged[key] = value;
    else if (isObject(before) && isObject(value)) merged[key] = merge(before, value, file, at);
    else
      throw new GateError('POLICY_INVALID', {
        file,
        message: `data.${at.join('.')} is defined twice`,
        expected: 'one definition, in `engines.opa.data` or in one data file',
        next: 'Remove or rename one of them.',
      });
  }
  return merged;
}
