import type { FieldPath } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import { same, simpleExpression } from './kustomize-match.ts';
import type { Step, Target, Written } from './kustomize-step.ts';
import type { KustomizeNode } from './kustomize-tree.ts';

const isPath = (path: FieldPath, ...steps: readonly string[]): boolean =>
  path.length === steps.length && steps.every((step, index) => path[index] === step);

export function namespaceSteps({ data, document }: KustomizeNode): readonly Step[] {
  const { namespace } = data;
  if (!namespace) return [];
  const place = document.locate(['namespace']);
  return [
    {
      namespace,
      write(target, path, now, before) {
        if (now !== namespace) return undefined;
        if (isPath(path, 'metadata', 'namespace')) return { value: namespace, place };
        // Subjects of bindings, services of webhooks, and a Namespace's own name.
        const follows = path.at(-1) === 'namespace' || (target.kind === 'Namespace' && isPath(path, 'metadata', 'name'));
        return follows && before?.value !== namespace ? { value: namespace, place } : undefined;
      },
    },
  ];
}

/** https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/konfig/builtinpluginconsts/nameprefix.go */
const neverRenamed = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

export function nameSteps({ data, document }: KustomizeNode): readonly Step[] {
  const make = (key: 'namePrefix' | 'nameSuffix', around: (name: string) => string): Step => ({
    rename: (target, name) => (neverRenamed.has(target.kind) ? name : around(name)),
    write(target, path, _now, before) {
      if (!isPath(path, 'metadata', 'name') || neverRenamed.has(target.kind) || typeof before?.value !== 'string')
        return undefined;
      return { value: around(before.value), place: document.locate([key]) };
    },
  });
  const { namePrefix, nameSuffix } = data;
  return [
    ...(namePrefix ? [make('namePrefix', (name) => `${namePrefix}${name}`)] : []),
    ...(nameSuffix ? [make('nameSuffix', (name) => `${name}${nameSuffix}`)] : []),
  ];
}

export function labelSteps({ data, document }: KustomizeNode): readonly Step[] {
  return [
    ...(data.labels ?? []).map(({ pairs, includeSelectors, includeTemplates, fields }, index): Step => {
      const custom = (fields ?? []).map(({ path }) => path ?? '');
      return pairStep(pairs ?? {}, 'labels', ['labels', index, 'pairs'], document.locate, (map) => {
        if (includeSelectors === true || custom.includes(map.filter((step) => typeof step === 'string').join('/'))) return true;
        return includeTemplates === true && map.at(-1) === 'labels' && map.includes('template');
      });
    }),
    pairStep(data.commonLabels ?? {}, 'labels', ['commonLabels'], document.locate, () => true),
    pairStep(data.commonAnnotations ?? {}, 'annotations', ['commonAnnotations'], document.locate, () => true),
  ];
}

/** Selectors are written where a kind has one; that the value is there in the end tells. */
function pairStep(
  pairs: Readonly<Record<string, unknown>>,
  own: 'labels' | 'annotations',
  at: FieldPath,
  locate: (path: FieldPath) => Written['place'],
  reaches: (map: FieldPath) => boolean,
): Step {
  const maps = own === 'labels' ? ['labels', 'matchLabels', 'selector'] : ['annotations'];
  const pairsAt = (map: FieldPath): boolean =>
    isPath(map, 'metadata', own) || (maps.includes(String(map.at(-1))) && reaches(map));
  return {
    write(_target, path, now, before) {
      const key = path.at(-1);
      if (before === undefined && now !== undefined && pairsAt(path) && Object.keys(pairs).length > 0)
        return { value: toText(pairs), place: locate(at) };
      if (typeof key !== 'string' || !Object.hasOwn(pairs, key) || !pairsAt(path.slice(0, -1))) return undefined;
      const value = String(pairs[key]);
      return same(value, now) || isPath(path.slice(0, -1), 'metadata', own) ? { value, place: locate([...at, key]) } : undefined;
    },
  };
}

function toText(pairs: Readonly<Record<string, unknown>>): JsonValue {
  return Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, String(value)]));
}

const scaled = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet']);

export function replicaSteps({ data, document }: KustomizeNode): readonly Step[] {
  return (data.replicas ?? []).map(({ name, count }, index) => ({
    write(target: Target, path: FieldPath) {
      if (!isPath(path, 'spec', 'replicas') || !scaled.has(target.kind) || !target.names.includes(name)) return undefined;
      return { value: count, place: document.locate(['replicas', index, 'count']) };
    },
  }));
}

export function imageSteps({ data, document }: KustomizeNode): readonly Step[] {
  return (data.images ?? []).map(
    (entry, index): Step => ({
      write(_target, path, _now, before) {
        if (!isImage(path) || typeof before?.value !== 'string') return undefined;
        const old = splitImage(before.value);
        if (old.name !== entry.name && !simpleExpression(entry.name)?.test(old.name)) return undefined;
        const { newName, newTag, digest, tagSuffix } = entry;
        const decides = newTag ? 'newTag' : digest ? 'digest' : newName ? 'newName' : tagSuffix ? 'tagSuffix' : undefined;
        if (decides === undefined) return undefined;
        const version =
          newTag || digest ? { tag: newTag, digest } : tagSuffix ? { tag: `${old.tag}${tagSuffix}`, digest: '' } : old;
        const value = `${newName || old.name}${version.tag ? `:${version.tag}` : ''}${version.digest ? `@${version.digest}` : ''}`;
        return { value, place: document.locate(['images', index, decides]) };
      },
    }),
  );
}

/** https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/konfig/builtinpluginconsts/images.go */
function isImage(path: FieldPath): boolean {
  const [list, , key] = path.slice(-3);
  if (key === 'image') return list === 'containers' || list === 'initContainers';
  return path.at(-1) === 'reference' && path.at(-2) === 'image' && path.at(-4) === 'volumes';
}

function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [rest = '', digest = ''] = image.split('@');
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return colon === -1 ? { name: rest, tag: '', digest } : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
