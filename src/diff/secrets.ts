import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import { replaceEach, shortestValue as shortest } from './replace-each.ts';

const hidden = '(hidden)';
const changed = '(hidden, changed)';
/** Contains the whole Secret as JSON. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Replaces the values of the Secrets of both sides in a text. */
export type Mask = (text: string) => string;

/** Values of Secrets, as they are and in Base64, are hidden in every other field too: an argument, an environment variable, an annotation. */
export function maskOf(objects: readonly JsonObject[]): Mask {
  const texts = objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data, stringData }) => [
      ...textsOf(data).flatMap((text) => [text, Buffer.from(text, 'base64').toString('utf8')]),
      ...textsOf(stringData).flatMap((text) => [text, Buffer.from(text).toString('base64')]),
    ]);
  const known = texts.map((text) => text.trim()).filter((text) => text.length >= shortest);
  return known.length === 0 ? (text) => text : replaceEach(known, hidden);
}

function textsOf(map: JsonValue | undefined): readonly string[] {
  return isObject(map) ? Object.values(map).filter((value) => typeof value === 'string') : [];
}

/**
 * A manifest without the values of Secrets, wherever in it a Secret is (a policy that generates one, a template, a list), or their values are.
 * Keys are kept.
 * @param old The manifest that it is compared with: a value that differs from it is named as changed.
 */
export function withoutSecrets(object: JsonObject, old: JsonObject | undefined, mask: Mask): JsonObject {
  const fields = Object.entries(object).map(([key, value]): [string, JsonValue] => [key, inside(value, own(old, key), mask)]);
  const shown: JsonObject = Object.fromEntries(fields);
  return object.kind === 'Secret' ? withoutValues(shown, object, old) : withoutSecretVariable(shown, object, old);
}

function inside(value: JsonValue, old: JsonValue | undefined, mask: Mask): JsonValue {
  if (typeof value === 'string') return mask(value);
  if (isArray(value)) return value.map((item, index) => inside(item, isArray(old) ? old[index] : undefined, mask));
  return isObject(value) ? withoutSecrets(value, isObject(old) ? old : undefined, mask) : value;
}

const secretName = /pass(?:word|wd|phrase)|secret|token|credential|api[-_]?key|private[-_]?key/i;

/** An environment variable whose name suggests a secret: `{name: DB_PASSWORD, value: …}`. */
function withoutSecretVariable(shown: JsonObject, { name, value }: JsonObject, old: JsonObject | undefined): JsonObject {
  if (typeof name !== 'string' || typeof value !== 'string' || value === '' || !secretName.test(name)) return shown;
  const before = own(old, 'name') === name ? own(old, 'value') : undefined;
  return { ...shown, value: concealed(value, before, before !== undefined) };
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
