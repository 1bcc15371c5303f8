import { isObject, type JsonObject, mergeMaps } from '../model/json.ts';
import { selects } from '../model/label-selector.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Generator, LabelSelector } from './application-set-schema.ts';
import { gitParameters } from './git-generator.ts';
import { normalized } from './names.ts';
import { flattened, type Generated, type GeneratorContext, parameterAt, renderedValues } from './parameters.ts';

/** Past it a change could make the gate render without end. */
const maxParameters = 1000;

export async function generate(generator: Generator, context: GeneratorContext, outer: JsonObject = {}): Promise<Generated> {
  const made = await ofKind(generator, context, outer);
  const chosen = made.parameters.filter((one) => matchesSelector(one, generator.selector));
  if (chosen.length <= maxParameters) return { parameters: chosen, unknown: made.unknown };
  return { parameters: chosen.slice(0, maxParameters), unknown: [...made.unknown, `more than ${maxParameters} Applications`] };
}

async function ofKind(generator: Generator, context: GeneratorContext, outer: JsonObject): Promise<Generated> {
  const { list, git, clusters, matrix, merge } = generator;
  if (list) return { parameters: await ofList(list, context, outer), unknown: [] };
  if (git) return gitParameters(git, context, outer);
  if (clusters) return ofClusters(clusters, context, outer);
  if (matrix) return ofMatrix(matrix.generators, context, outer);
  if (merge) return ofMerge(merge, context, outer);
  const kind = Object.keys(generator).find((key) => key !== 'selector' && generator[key] != null) ?? 'empty';
  return { parameters: [], unknown: [`the ${kind} generator`] };
}

async function ofList(
  { elements, elementsYaml }: NonNullable<Generator['list']>,
  { render }: GeneratorContext,
  outer: JsonObject,
): Promise<readonly JsonObject[]> {
  const [text] = elementsYaml ? await render([elementsYaml], outer) : [];
  const more =
    text === undefined
      ? []
      : parseYaml({ file: 'elementsYaml', text }).flatMap(({ value }) => (Array.isArray(value) ? value : []));
  return [...(elements ?? []), ...more.filter(isObject)];
}

async function ofClusters(
  { selector, values }: NonNullable<Generator['clusters']>,
  { clusters, render, spec }: GeneratorContext,
  outer: JsonObject,
): Promise<Generated> {
  if (clusters.length === 0) return { parameters: [], unknown: ['the clusters generator (`gitops.clusters` is empty)'] };
  const chosen = clusters.filter(({ labels }) => selects(selector ?? {}, labels));
  const parameters = chosen.map(async ({ name, server, labels, annotations }): Promise<JsonObject> => {
    const own = { name, nameNormalized: normalized(name), server, metadata: { labels, annotations } };
    return { ...own, ...(values && { values: await renderedValues(values, { ...outer, ...own }, render) }) };
  });
  return { parameters: (await Promise.all(parameters)).map((one) => (spec.goTemplate ? one : flattened(one))), unknown: [] };
}

/** Every pair of what two generators make; the second may refer to the parameters of the first. */
async function ofMatrix(generators: readonly Generator[], context: GeneratorContext, outer: JsonObject): Promise<Generated> {
  const [first, second] = generators;
  if (first === undefined || second === undefined) return { parameters: [], unknown: ['a matrix of fewer than two generators'] };
  const left = await generate(first, context, outer);
  const right = await Promise.all(left.parameters.map((one) => generate(second, context, { ...outer, ...one })));
  return {
    parameters: left.parameters.flatMap((one, index) => right[index]?.parameters.map((other) => mergeMaps(one, other)) ?? []),
    unknown: [...new Set([...left.unknown, ...right.flatMap(({ unknown }) => unknown)])],
  };
}

/** The first generator is the base; others change those of its parameters that have the same keys. */
async function ofMerge(
  { generators, mergeKeys }: NonNullable<Generator['merge']>,
  context: GeneratorContext,
  outer: JsonObject,
): Promise<Generated> {
  const made = await Promise.all(generators.map((one) => generate(one, context, outer)));
  const keyOf = (one: JsonObject): string => JSON.stringify(mergeKeys.map((key) => String(parameterAt(one, key) ?? '')));
  const [base, ...others] = made;
  const merged = new Map((base?.parameters ?? []).map((one) => [keyOf(one), one]));
  for (const { parameters } of others)
    for (const one of parameters) {
      const before = merged.get(keyOf(one));
      if (before !== undefined) merged.set(keyOf(one), mergeMaps(before, one));
    }
  return { parameters: [...merged.values()], unknown: [...new Set(made.flatMap(({ unknown }) => unknown))] };
}

function matchesSelector(parameters: JsonObject, selector: LabelSelector | null | undefined): boolean {
  const texts = Object.entries(flattened(parameters)).map(([key, value]) => [key, String(value)]);
  return selects(selector ?? {}, Object.fromEntries(texts));
}
