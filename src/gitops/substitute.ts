import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Substitutions } from './deployable.ts';

/** An object as Flux applies it, and the names that it uses and that are not known here. */
export interface Substituted {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

/**
 * Flux writes the object as YAML, puts values for `${name}` and reads it again: a plain scalar may become a number or a boolean.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substitute(object: JsonObject, { values, unknown }: Substitutions): Substituted {
  if (isDisabled(object)) return { object, unknown: [] };
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
  return { object: visitMap(object), unknown: [...missing] };
}

function isDisabled({ metadata }: JsonObject): boolean {
  if (!isObject(metadata)) return false;
  const name = 'kustomize.toolkit.fluxcd.io/substitute';
  return [metadata.labels, metadata.annotations].some((map) => isObject(map) && map[name] === 'disabled');
}

/** A text that YAML writes without quotes is read again as what it looks like. */
function scalar(before: string, after: string): JsonValue {
  if (before === after || !/^[\w$/.]/.test(before) || /\n|:(?: |$)| #/.test(before)) return after;
  if (!/^[\w.+~-]*$/.test(after)) return after;
  try {
    return (
      parseYaml({ file: 'substitution', text: `value: ${after}` }).map(({ value }) =>
        isObject(value) ? value.value : undefined,
      )[0] ?? null
    );
  } catch {
    return after;
  }
}

/** Letters, digits and underscores, as in a shell; https://github.com/fluxcd/pkg/tree/main/envsubst has these functions. */
export function envsubst(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replaceAll(
    /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-=]|,,?|\^\^?)([^{}]*))?\}/g,
    (all, name?: string, operator?: string, rest = '') => {
      if (name === undefined) return all === '$$' ? '$' : all;
      const value = lookUp(name);
      if (operator === undefined) return value ?? '';
      if (operator === ',,') return (value ?? '').toLowerCase();
      if (operator === '^^') return (value ?? '').toUpperCase();
      if (operator === ',') return lowerFirst(value ?? '');
      if (operator === '^') return upperFirst(value ?? '');
      return value === undefined || (operator.startsWith(':') && value === '') ? rest : value;
    },
  );
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
