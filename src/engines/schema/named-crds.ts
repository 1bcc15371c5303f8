import path from 'node:path';
import picomatch from 'picomatch';
import { GateError } from '../../model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Files } from '../../ports/ports.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type Crd, readCrd } from './crds.ts';

/**
 * The definitions in the files that `engines.schema.crds` names. They are read from the base commit, so that a change cannot loosen what it is
 * validated by; one that it deploys is among its manifests. Throws CONFIG_INVALID if a pattern matches no definition.
 */
export async function readNamedCrds(files: Files, trusted: string, patterns: readonly string[]): Promise<readonly Crd[]> {
  if (patterns.length === 0) return [];
  const entries = await files.walk(trusted, (folder) => /(?:^|\/)(?:\.git|node_modules)$/.test(folder));
  const names = entries
    .filter(({ kind, path: name }) => kind === 'file' && /\.(?:ya?ml|json)$/i.test(name))
    .map((entry) => entry.path);
  const crds: Crd[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const found: Crd[] = [];
    for (const name of names.filter(matcher(pattern)))
      found.push(...definitionsIn(name, await files.readText(path.join(trusted, name))));
    if (found.length === 0) throw nothing(pattern, index);
    crds.push(...found);
  }
  return crds;
}

function matcher(pattern: string): (name: string) => boolean {
  const bare = pattern.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  const glob = picomatch(bare, { dot: true, flags: 's' });
  return (name) => name === bare || name.startsWith(`${bare}/`) || glob(name);
}

function definitionsIn(file: string, text: string): readonly Crd[] {
  if (!text.includes('CustomResourceDefinition')) return [];
  return parseYaml({ file, text, errorCode: 'CONFIG_INVALID' })
    .flatMap(({ value }) => objectsOf(value))
    .flatMap((object) => readCrd(object) ?? []);
}

function objectsOf(value: JsonValue): readonly JsonObject[] {
  if (!isObject(value)) return [];
  return isArray(value.items) ? value.items.filter(isObject) : [value];
}

function nothing(pattern: string, index: number): GateError {
  return new GateError('CONFIG_INVALID', {
    message: `engines.schema.crds[${index}]: no CustomResourceDefinition (apiextensions.k8s.io/v1) is in \`${pattern.slice(0, 200)}\``,
    expected: 'a file, folder or glob of the base commit with CustomResourceDefinitions',
    next: 'Correct the path, or remove it.',
  });
}
