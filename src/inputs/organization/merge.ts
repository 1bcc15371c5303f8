import { isAt } from '../../model/field-pattern.ts';
import { type ConfigFile, configSchema } from '../schema.ts';

type Path = readonly PropertyKey[];

/** Lists of which both parts apply. Any other list of the repository replaces the organization's. */
const joined = [
  'exclude',
  'environments.*.paths',
  'environments.*.namespaces',
  'environments.*.clusters',
  'environments.*.projects',
  'gitops.repositories',
  'gitops.revisions',
  'gitops.clusters',
  'helm.apiVersions',
  'helm.charts',
  'images.paths',
  'images.privateRegistries',
  'licenses.deny',
  'sources.allow',
].map((pattern) => pattern.split('.'));

/** One configuration of both. Maps are merged key by key, and where both have a value, it is the repository's. */
export function mergeConfig(shared: ConfigFile, own: ConfigFile): ConfigFile {
  return configSchema().parse(merge(shared, own, []));
}

function merge(shared: unknown, own: unknown, path: Path): unknown {
  if (own === undefined) return shared;
  // An action with conditions is one value: half of it would be another policy.
  if (path.at(-2) === 'severity') return own;
  if (isValues(shared) && isValues(own)) {
    const keys = new Set([...Object.keys(shared), ...Object.keys(own)]);
    return Object.fromEntries([...keys].map((key) => [key, merge(valueAt(shared, [key]), own[key], [...path, key])]));
  }
  return Array.isArray(shared) && Array.isArray(own) && isJoined(path) ? [...shared, ...own] : own;
}

export function isJoined(path: Path): boolean {
  return joined.some((steps) => isAt(steps, path));
}

/** Which of both a setting of the merged configuration is from, with its path there. */
export function originOf(
  path: Path,
  shared: ConfigFile,
  own: ConfigFile,
): { readonly from: 'shared' | 'own'; readonly path: Path } {
  const at = path.findIndex((step, index) => typeof step === 'number' && isJoined(path.slice(0, index)));
  const list = path.slice(0, at);
  const [theirs, ours] = at < 0 ? [] : [valueAt(shared, list), valueAt(own, list)];
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const index = Number(path[at]);
    if (index < theirs.length) return { from: 'shared', path };
    return { from: 'own', path: [...list, index - theirs.length, ...path.slice(at + 1)] };
  }
  const isShared = valueAt(own, path) === undefined && valueAt(shared, path) !== undefined;
  return { from: isShared ? 'shared' : 'own', path };
}

export function isValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path; undefined if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((part, step) => {
    if (Array.isArray(part)) return part[Number(step)];
    return isValues(part) && Object.hasOwn(part, step) ? part[String(step)] : undefined;
  }, value);
}
