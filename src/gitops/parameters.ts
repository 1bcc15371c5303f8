import type { GitopsCluster } from '../model/config.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { ApplicationSetSpec } from './application-set-schema.ts';
import type { Here } from './here.ts';

/** Fills the parameters into texts; each answer is at the place of its text. */
export type RenderText = (texts: readonly string[], parameters: JsonObject) => Promise<readonly string[]>;

export interface GeneratorContext {
  readonly here: Here;
  readonly clusters: readonly GitopsCluster[];
  readonly spec: ApplicationSetSpec;
  readonly render: RenderText;
  readText(file: string): Promise<string>;
}

/** What one generator makes: the parameters of an Application each, and what of it cannot be known here. */
export interface Generated {
  readonly parameters: readonly JsonObject[];
  readonly unknown: readonly string[];
}

/** Values may refer to the other parameters. */
export async function renderedValues(
  values: Readonly<Record<string, string>>,
  parameters: JsonObject,
  render: RenderText,
): Promise<Readonly<Record<string, string>>> {
  const names = Object.keys(values);
  const texts = await render(Object.values(values), parameters);
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

/** `metadata.labels.env` is one key without Go templates, and a path with them. */
export function parameterAt(parameters: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(parameters, name)) return parameters[name];
  let value: JsonValue | undefined = parameters;
  for (const step of name.split('.')) value = isObject(value) ? value[step] : undefined;
  return value;
}

export function flattened(value: JsonObject, prefix = ''): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, JsonValue])[] =>
      isObject(inner) ? Object.entries(flattened(inner, `${prefix}${key}.`)) : [[`${prefix}${key}`, inner]],
    ),
  );
}
