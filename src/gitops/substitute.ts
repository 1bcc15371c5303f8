import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Substitutions } from './deployable.ts';
import { BadSubstitution, envsubst } from './envsubst.ts';

/** An object as Flux applies it, and the names that it uses and that are not known here. */
export interface Substituted {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
  /** Why Flux would refuse it; it is then as it was. */
  readonly refused?: string;
}

/**
 * Flux writes the object as YAML, puts values for `${name}` and reads it again: a plain scalar may become a number or a boolean.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substitute(object: JsonObject, { values, unknown }: Substitutions): Substituted {
  if (isDisabled(object)) return { object, unknown: [] };
  const wrong = Object.keys(values).find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined) return { object, unknown: [], refused: `${wrong} is not a name of a variable` };
  const missing = new Set<string>();
  const lookUp = (name: string): string | undefined => {
    const value = values[name]?.value;
    if (value === undefined && unknown.length > 0) missing.add(name);
    return value;
  };
  const visit = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return value.includes('$') ? scalar(value, envsubst(value, lookUp)) : value;
    if (isArray(value)) return value.map(visit);
    return isObject(value) ? visitMap(value) : value;
  };
  const visitMap = (map: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(map).map(([key, inner]) => [key.includes('$') ? envsubst(key, lookUp) : key, visit(inner)]),
    );
  try {
    return { object: visitMap(object), unknown: [...missing] };
  } catch (thrown) {
    if (!(thrown instanceof BadSubstitution)) throw thrown;
    return { object, unknown: [], refused: thrown.message };
  }
}

function isDisabled({ metadata }: JsonObject): boolean {
  if (!isObject(metadata)) return false;
  const name = 'kustomize.toolkit.fluxcd.io/substitute';
  return [metadata.labels, metadata.annotations].some((map) => isObject(map) && map[name] === 'disabled');
}

/** A text that YAML writes without quotes is read again as what it looks like, which may be a list or a map. */
function scalar(before: string, after: string): JsonValue {
  if (before === after || !isPlain(before)) return after;
  try {
    const [document] = parseYaml({ file: 'substitution', text: `value: ${after}` });
    return (isObject(document?.value) ? document.value.value : undefined) ?? null;
  } catch {
    throw new BadSubstitution(`\`${before}\` becomes what is not YAML`);
  }
}

/** As Flux's YAML is written: no indicator at its start, and nothing that would end it. */
function isPlain(text: string): boolean {
  return !/^(?:[\s,[\]{}#&*!|>'"%@`]|[-?:](?:\s|$))|\n|:(?:\s|$)|\s#|\s$|[^\P{C}]/u.test(text);
}
