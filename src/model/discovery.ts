import data from './discovery.json' with { type: 'json' };
import { once } from './once.ts';

/**
 * Written by scripts/update-schemas.mjs from the discovery files of the releases in openapi/kubernetes.json. Every kind that objects can be
 * created of: group (`-` is the core group), kind, plural, scope, and each version, with its first and last minor unless every minor has it.
 */
const { kinds } = data;
/** The minors of Kubernetes 1 whose APIs are known, oldest first. */
export const minors: readonly number[] = data.minors;

/** The minor that is assumed where no configuration names one. */
export const newestMinor: number = Math.max(...minors);

/** A kind that the API server has built in. */
export interface BuiltInKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Its name in URLs and RBAC rules: `networkpolicies`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Alpha and beta versions are included, although a cluster may not serve them. */
  readonly versions: readonly ServedVersion[];
}
export interface ServedVersion {
  readonly version: string;
  /** First and last minor of `minors` that has it: 33 is Kubernetes 1.33. It may be older and newer than these. */
  readonly first: number;
  readonly last: number;
}

/** Every built-in kind that objects can be created of, in any of `minors`. Kinds of removed APIs, such as PodSecurityPolicy, are not included. */
export const builtInKinds: () => readonly BuiltInKind[] = once(() => kinds.map(parseLine));

/** By group and kind, which are case-sensitive. */
export function builtInKind(group: string, kind: string): BuiltInKind | undefined {
  return byName().get(`${group} ${kind}`);
}

/** Whether the API server itself serves kinds of this group, in any of `minors`. */
export function isBuiltInGroup(group: string): boolean {
  return groups().has(group);
}

export function isServed({ versions }: BuiltInKind, version: string, minor: number): boolean {
  return versions.some((one) => one.version === version && one.first <= minor && minor <= one.last);
}

const byName = once(() => new Map(builtInKinds().map((one) => [`${one.group} ${one.kind}`, one])));
const groups = once(() => new Set(builtInKinds().map(({ group }) => group)));

function parseLine(line: string): BuiltInKind {
  const [group = '', kind = '', plural = '', scope, ...versions] = line.split(' ');
  return {
    group: group === '-' ? '' : group,
    kind,
    plural,
    namespaced: scope === 'namespaced',
    versions: versions.map(parseVersion),
  };
}

function parseVersion(text: string): ServedVersion {
  const [version = '', span = `${minors[0]}-${newestMinor}`] = text.split(':');
  const [first, last] = span.split('-');
  return { version, first: Number(first), last: Number(last) };
}
