import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { OverrideField, Overrides } from './deployable.ts';

/** Argo CD edits a kustomization with `kustomize edit`, Flux sets its fields directly; they differ for an image that it already changes. */
export type Editor = 'argo' | 'flux';

export interface Edited {
  readonly value: JsonObject;
  /** What the deployer would refuse: it then deploys nothing. */
  readonly refused?: { readonly field: OverrideField; readonly reason: string };
}

/**
 * The kustomization as a deployer has changed it before it builds it.
 * https://github.com/argoproj/argo-cd/blob/master/util/kustomize/kustomize.go, https://github.com/fluxcd/pkg/blob/main/kustomize/kustomize_generator.go
 */
export function editKustomization(own: JsonObject, overrides: Overrides, editor: Editor, force: Force = {}): Edited {
  const given = Object.fromEntries(Object.entries(overrides).map(([field, { value }]) => [field, value]));
  const refused = force.labels === true ? undefined : clash(own, overrides);
  if (refused !== undefined) return { value: own, refused };
  const clashing = force.annotations === true ? undefined : clashOf(own.commonAnnotations, given.commonAnnotations);
  if (clashing !== undefined)
    return { value: own, refused: { field: 'commonAnnotations', reason: taken('annotation', clashing) } };
  const merged = {
    ...replaced(given, ['namespace', 'namePrefix', 'nameSuffix']),
    ...joined(own, given, 'patches'),
    ...joined(own, given, 'components'),
    ...maps(own, given, 'commonLabels'),
    ...maps(own, given, 'commonAnnotations'),
    ...named(own, given, 'images', editor === 'argo' ? reuse : merge),
    ...named(own, given, 'replicas', (_before, entry) => entry),
    ...(isArray(given.labels) && { labels: withLabels(isArray(own.labels) ? own.labels : [], given.labels) }),
  };
  return { value: { ...own, ...merged } };
}

/** `forceCommonLabels` and `forceCommonAnnotations` of Argo CD. */
export interface Force {
  readonly labels?: boolean;
  readonly annotations?: boolean;
}

function replaced(given: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((field) => (given[field] === undefined ? [] : [[field, given[field]]])));
}

/** After those of the kustomization; a component that it already has is not added again. */
function joined(own: JsonObject, given: JsonObject, field: 'patches' | 'components'): JsonObject {
  const [before, added] = [own[field], given[field]];
  if (!isArray(added)) return {};
  const known = isArray(before) ? before : [];
  return { [field]: [...known, ...added.filter((one) => field === 'patches' || !known.includes(one))] };
}

function maps(own: JsonObject, given: JsonObject, field: string): JsonObject {
  const [before, added] = [own[field], given[field]];
  return isObject(added) ? { [field]: { ...(isObject(before) ? before : {}), ...added } } : {};
}

type Combine = (before: JsonObject | undefined, entry: JsonObject) => JsonObject;

function named(own: JsonObject, given: JsonObject, field: string, combine: Combine): JsonObject {
  const [before, added] = [own[field], given[field]];
  if (!isArray(added)) return {};
  const entries = isArray(before) ? [...before] : [];
  for (const entry of added.filter(isObject)) {
    const index = entries.findIndex((one) => isObject(one) && one.name === entry.name);
    const known = entries[index];
    if (index === -1) entries.push(combine(undefined, entry));
    else entries[index] = combine(isObject(known) ? known : undefined, entry);
  }
  return { [field]: entries };
}

/** An asterisk is what the kustomization has; anything else that it has is lost. */
const reuse: Combine = (before, entry) =>
  Object.fromEntries(
    Object.entries(entry).flatMap(([key, value]): readonly (readonly [string, JsonValue])[] => {
      if (value !== '*') return [[key, value]];
      const known = before?.[key];
      return known === undefined ? [] : [[key, known]];
    }),
  );

/** A tag and a digest are one setting: the new one takes the place of both. */
const merge: Combine = (before, entry) => {
  const setsVersion = Boolean(entry.newTag) || Boolean(entry.digest);
  const { newTag, digest, ...rest } = before ?? {};
  const kept = setsVersion ? rest : { ...rest, ...(newTag !== undefined && { newTag }), ...(digest !== undefined && { digest }) };
  return { ...kept, ...entry };
};

/** Pairs are put into the entry that is like the new one, if there is one. */
function withLabels(own: readonly JsonValue[], added: readonly JsonValue[]): readonly JsonValue[] {
  const entries = [...own];
  for (const entry of added.filter(isObject)) {
    const index = entries.findIndex((one) => isObject(one) && kindOf(one) === kindOf(entry));
    const known = entries[index];
    const pairs = isObject(known) && isObject(known.pairs) ? known.pairs : {};
    const whole = { ...entry, pairs: { ...pairs, ...(isObject(entry.pairs) ? entry.pairs : {}) } };
    if (index === -1) entries.push(whole);
    else entries[index] = whole;
  }
  return entries;
}

function kindOf({ includeSelectors, includeTemplates, fields }: JsonObject): string {
  return stringifyJson([includeSelectors === true, includeTemplates === true, fields ?? []]);
}

function clash(own: JsonObject, { commonLabels, labels }: Overrides): Edited['refused'] {
  const common = clashOf(own.commonLabels, commonLabels?.value);
  if (common !== undefined) return { field: 'commonLabels', reason: taken('label', common) };
  const [added] = isArray(labels?.value) ? labels.value.filter(isObject) : [];
  const lists = isArray(own.labels) ? own.labels.filter(isObject) : [];
  const found = lists.map(({ pairs }) => clashOf(pairs, added?.pairs)).find((key) => key !== undefined);
  return found === undefined ? undefined : { field: 'labels', reason: taken('label', found) };
}

function clashOf(own: JsonValue | undefined, added: JsonValue | undefined): string | undefined {
  if (!isObject(own) || !isObject(added)) return undefined;
  return Object.keys(added).find((key) => Object.hasOwn(own, key));
}

function taken(what: string, key: string): string {
  return `Argo CD refuses it: the kustomization already has the ${what} ${key}`;
}
