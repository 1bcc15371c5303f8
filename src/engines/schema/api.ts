import { type BuiltInKind, builtInKind, builtInKinds, isBuiltInGroup, isServed } from '../../model/discovery.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';
import { nearest } from '../../model/nearest.ts';
import type { Problem } from './problem.ts';

export interface Api {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export function apiOf(apiVersion: string, kind: string): Api {
  const slash = apiVersion.indexOf('/');
  return { group: slash === -1 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
}

export function apiVersionOf({ group, version }: Pick<Api, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Groups that older releases had built in; nothing else can define kinds in them. */
const formerGroups: ReadonlySet<string> = new Set(['extensions']);

/** Whether kinds of the group are the API server's own, so that one that it does not have cannot exist. */
export function isOwnGroup(group: string): boolean {
  return isBuiltInGroup(group) || formerGroups.has(group);
}

/** Why a kind of the API server's own groups does not exist in a minor; undefined if it does. */
export function unserved(api: Api, minor: number): Problem | undefined {
  const known = builtInKind(api.group, api.kind);
  if (known === undefined) return unknownKind(api, minor);
  if (isServed(known, api.version, minor)) return undefined;
  const served = servedIn(known, minor);
  const name = `${apiVersionOf(api)} ${api.kind}`;
  const other = served.at(-1);
  if (other === undefined)
    return {
      rule: 'unknown-version',
      path: ['apiVersion'],
      message: `Kubernetes 1.${minor} does not serve ${name}`,
      fix: newer(known),
    };
  return {
    rule: 'unknown-version',
    path: ['apiVersion'],
    message: `Kubernetes 1.${minor} does not serve ${name}, only ${served.map((version) => apiVersionOf({ ...api, version })).join(', ')}`,
    // Fields of another version may be different, so it is not a patch.
    fix: `Use ${apiVersionOf({ ...api, version: other })}, and compare the fields.`,
  };
}

function newer({ versions }: BuiltInKind): string {
  const first = Math.min(...versions.map((one) => one.first));
  const last = Math.max(...versions.map((one) => one.last));
  const span = first === last ? `1.${first}` : `1.${first} to 1.${last}`;
  return `Remove it, or set \`kubernetesVersion\` to the version of the cluster: it is served in ${span}.`;
}

/** Stable versions last. */
function servedIn({ versions }: BuiltInKind, minor: number): readonly string[] {
  const rank = (version: string) => (/^v\d+$/.test(version) ? 1 : 0);
  return versions
    .filter(({ first, last }) => first <= minor && minor <= last)
    .map(({ version }) => version)
    .toSorted((a, b) => rank(a) - rank(b));
}

function unknownKind({ group, version, kind }: Api, minor: number): Problem {
  const served = builtInKinds().filter((one) => servedIn(one, minor).length > 0);
  const here = served.filter((one) => one.group === group);
  const near = nearest(
    kind,
    here.map((one) => one.kind),
  );
  const where = apiVersionOf({ group, version });
  const problem = { rule: 'unknown-kind', path: ['kind'] } as const;
  const elsewhere = served.find((one) => one.kind === kind);
  if (elsewhere !== undefined) {
    const right = apiVersionOf({ group: elsewhere.group, version: servedIn(elsewhere, minor).at(-1) ?? version });
    const message = `${where} has no kind ${kind}: did you mean ${right}?`;
    return {
      rule: 'unknown-version',
      path: ['apiVersion'],
      message,
      fix: `Use \`apiVersion: ${right}\`, and compare the fields.`,
    };
  }
  const shown = JSON.stringify(kind.slice(0, 100));
  if (near === undefined) return { ...problem, message: `${where} has no kind ${shown}`, fix: 'Correct `kind` or `apiVersion`.' };
  const patch: readonly JsonPatchOperation[] = [{ op: 'replace', path: '/kind', value: near }];
  return { ...problem, message: `${where} has no kind ${shown}: did you mean ${near}?`, fix: `Use \`kind: ${near}\`.`, patch };
}

/**
 * A group that is probably a misspelled one of the API server: at most two letters differ, and that group has the kind. Any other group may be
 * defined by an operator.
 */
export function misspelledGroup({ group, version, kind }: Api): Problem | undefined {
  const candidates = builtInKinds().filter((one) => one.kind === kind && Math.abs(one.group.length - group.length) <= 2);
  const near = nearest(
    group,
    candidates.map((one) => one.group).filter((name) => name !== ''),
  );
  const own = builtInKinds().find((one) => one.kind === kind);
  // A CustomResourceDefinition needs a dot in its group, so that no operator has a kind of this name there.
  if (near === undefined && own !== undefined && !group.includes('.')) return noGroup({ group, version, kind }, own);
  if (near === undefined || differences(group, near) > 2) return undefined;
  const right = apiVersionOf({ group: near, version });
  return {
    rule: 'unknown-kind',
    path: ['apiVersion'],
    message: `the group ${JSON.stringify(group.slice(0, 100))} is not known: did you mean ${near}?`,
    fix: `Use \`apiVersion: ${right}\`. If the group is right, add its CustomResourceDefinition to \`engines.schema.crds\`.`,
  };
}

/** `core/v1`, as documentation calls it. */
function noGroup({ group, version, kind }: Api, own: BuiltInKind): Problem {
  const served = own.versions.some((one) => one.version === version) ? version : (own.versions.at(-1)?.version ?? version);
  const right = apiVersionOf({ group: own.group, version: served });
  return {
    rule: 'unknown-kind',
    path: ['apiVersion'],
    message: `the group ${JSON.stringify(group.slice(0, 100))} is not known: did you mean ${right}, which has ${kind}?`,
    fix: `Use \`apiVersion: ${right}\`.`,
  };
}

/** Letters of one word that are not in the other, at most: swapped letters count as none. */
function differences(a: string, b: string): number {
  const rest = [...b];
  let extra = 0;
  for (const letter of a) {
    const at = rest.indexOf(letter);
    if (at === -1) extra += 1;
    else rest.splice(at, 1);
  }
  return Math.max(extra, rest.length);
}
