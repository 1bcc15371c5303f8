import { type Definitions, definitionOf } from '../../model/definitions.ts';
import { memoize } from '../../model/memoize.ts';
import { once } from '../../model/once.ts';
import { isOwnGroup, ownKinds } from '../../model/own-kinds.ts';
import { groupOf } from '../../model/resource.ts';

/** A kind as the API serves it. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /**
   * Its name in URLs of the API, `deployments`. Custom kinds may have any; for these it is what a CustomResourceDefinition of the set names, and
   * every usual plural: a rule that names one of them is about this kind. The likeliest comes first.
   */
  readonly plurals: readonly string[];
  /** undefined: not known, since the kind is not built in and its definition is not in the set. */
  readonly namespaced: boolean | undefined;
  readonly builtIn: boolean;
  /** A program in the cluster converts between its versions. */
  readonly converted: boolean;
  /** The built-in kind that is meant if only the case is wrong: the API server has no kind `pod`. */
  readonly meant: string | undefined;
}

/** The API server's own kinds by group and kind in lower case. */
const inLowerCase = once(() => new Map(ownKinds().map((own) => [`${own.group} ${own.kind.toLowerCase()}`, own])));
const anyInLowerCase = once(() => new Map(ownKinds().map((own) => [own.kind.toLowerCase(), own])));

const noDefinitions: Definitions = new Map();

export function apiResource(apiVersion: string, kind: string, definitions = noDefinitions): ApiResource {
  const usual = byVersion(apiVersion)(kind);
  const definition = usual.builtIn ? undefined : definitionOf(definitions, usual.group, kind);
  if (definition === undefined) return usual;
  const plurals = [...new Set([...definition.plurals, ...usual.plurals])];
  return { ...usual, plurals, namespaced: definition.namespaced, converted: definition.converted };
}

const byVersion = memoize((apiVersion) => memoize((kind) => resourceOf(apiVersion, kind)));

function resourceOf(apiVersion: string, kind: string): ApiResource {
  const group = groupOf(apiVersion);
  const own = inLowerCase().get(`${group} ${kind.toLowerCase()}`);
  return {
    group,
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    plurals: own === undefined ? customPlurals(kind.toLowerCase()) : [own.plural],
    namespaced: own?.namespaced,
    builtIn: own !== undefined,
    converted: false,
    meant: meantBy(apiVersion, kind),
  };
}

/** In any of the API server's groups: `v1 deployment` is a Deployment of the wrong version, too. */
function meantBy(apiVersion: string, kind: string): string | undefined {
  const lower = kind.toLowerCase();
  const own =
    inLowerCase().get(`${groupOf(apiVersion)} ${lower}`) ?? (isOwnGroup(apiVersion) ? anyInLowerCase().get(lower) : undefined);
  return own === undefined || own.kind === kind ? undefined : own.kind;
}

/** Guessed like `kubectl` does. */
function pluralOf(kind: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/**
 * A kind that is a plural or a mass noun often is its own plural (OpenShift's securitycontextconstraints, Chaos Mesh's podchaos), and generators
 * of definitions know irregular ones (indices, analyses): https://github.com/gobuffalo/flect, which kubebuilder uses.
 */
function customPlurals(kind: string): readonly string[] {
  const own = /(?:s|data|metadata|info|information|media|hardware|software|equipment)$/.test(kind) ? [kind] : [];
  const irregular = endings.flatMap(([end, plural]) => (end.test(kind) ? [kind.replace(end, plural)] : []));
  return [...new Set([...own, pluralOf(kind), ...irregular, `${kind}s`])];
}

const endings: readonly (readonly [RegExp, string])[] = [
  [/is$/, 'es'],
  [/[ei]x$/, 'ices'],
  [/fe?$/, 'ves'],
  [/um$/, 'a'],
  [/on$/, 'a'],
  [/y$/, 'ies'],
  [/o$/, 'oes'],
  [/man$/, 'men'],
  [/person$/, 'people'],
  [/child$/, 'children'],
  [/z$/, 'zzes'],
];
