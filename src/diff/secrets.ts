import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';

const hidden = '(hidden)';
const changed = '(hidden, changed)';
/** Contains the whole Secret as JSON. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A manifest without the values of Secrets, wherever in it a Secret is (a policy that generates one, a template, a list). Keys are kept.
 * @param old The manifest that it is compared with: a value that differs from it is named as changed.
 */
export function withoutSecrets(object: JsonObject, old: JsonObject | undefined): JsonObject {
  const fields = Object.entries(object).map(([key, value]): [string, JsonValue] => [key, inside(value, own(old, key))]);
  const shown: JsonObject = Object.fromEntries(fields);
  return object.kind === 'Secret' ? withoutValues(shown, object, old) : shown;
}

function inside(value: JsonValue, old: JsonValue | undefined): JsonValue {
  if (isArray(value)) return value.map((item, index) => inside(item, isArray(old) ? old[index] : undefined));
  return isObject(value) ? withoutSecrets(value, isObject(old) ? old : undefined) : value;
}

function withoutValues(shown: JsonObject, object: JsonObject, old: JsonObject | undefined): JsonObject {
  const values = ['data', 'stringData'].flatMap((key): [string, JsonValue][] =>
    object[key] === undefined || object[key] === null ? [] : [[key, concealed(object[key], own(old, key), old !== undefined)]],
  );
  return { ...shown, ...Object.fromEntries(values), ...annotations(shown, old) };
}

/** Each value of a map; anything else as a whole. */
function concealed(value: JsonValue, old: JsonValue | undefined, isCompared: boolean): JsonValue {
  if (isObject(value)) {
    const olds = isObject(old) ? old : {};
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, concealed(one, own(olds, name), isCompared)]));
  }
  return isCompared && (old === undefined || stringifyJson(value) !== stringifyJson(old)) ? changed : hidden;
}

/** Names are of the change: `constructor` is a key like any other. */
function own(object: JsonObject | undefined, key: string): JsonValue | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

function annotations({ metadata }: JsonObject, old: JsonObject | undefined): JsonObject {
  if (!isObject(metadata) || !isObject(metadata.annotations)) return {};
  const value = metadata.annotations[lastApplied];
  if (value === undefined) return {};
  const before =
    isObject(old?.metadata) && isObject(old.metadata.annotations) ? old.metadata.annotations[lastApplied] : undefined;
  return {
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [lastApplied]: concealed(value, before, old !== undefined) },
    },
  };
}
