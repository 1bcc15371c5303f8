import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isObject, type JsonValue } from '../model/json.ts';
import { formatLocation, type SourceLocation } from '../model/location.ts';
import { generatorsFor, placeInGenerator } from './kustomize-generators.ts';
import { translate } from './kustomize-match.ts';
import type { Step, Target, Written } from './kustomize-step.ts';
import { stepsOf } from './kustomize-steps.ts';
import { documentsOf, isNode, type KustomizeNode, type NamedFile } from './kustomize-tree.ts';
import { type Identity, readItems } from './objects.ts';

/** What kustomize's annotations say of a resource; files relative to the workspace. */
export interface Provenance {
  /** The file that it was read from, or the kustomization that generated it. */
  readonly file: string | undefined;
  readonly generated: boolean;
  /** Where the transformers that it went through are configured, first to last. */
  readonly transformedBy: readonly string[];
}

/** Where a resource begins. */
export interface Base {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Undefined: the field is not there. */
  read(path: FieldPath, now: JsonValue | undefined): Written | undefined;
  locate(path: FieldPath): SourceLocation;
}

/** A resource's way: where it begins, and each step that may change it, with the names that it has by then. */
export interface Journey {
  readonly base: Base;
  readonly nodes: readonly KustomizeNode[];
  readonly steps: readonly { readonly step: Step; readonly target: Target }[];
}

/** Of ways to one file through the tree; a change may write a tree in which they double at each level. */
const maxRoutes = 64;

/**
 * The one way whose names and transformers are the resource's; undefined where none is, or nothing is known. A patch may drop the annotations;
 * then the tree is searched, and only a single document that comes out under this name will do.
 */
export function findJourney(resource: Identity, provenance: Provenance, root: KustomizeNode): Journey | undefined {
  const journeys = routes(root, provenance.file)
    .slice(0, maxRoutes)
    .flatMap(({ begin, nodes }) => basesOf(begin, resource, provenance).map((base) => travel(resource, base, nodes)));
  const fitting = journeys.filter(({ name, namespace }) => {
    const named = provenance.generated ? resource.name === name || resource.name.startsWith(`${name}-`) : resource.name === name;
    return named && (namespace === undefined || resource.namespace === undefined || namespace === resource.namespace);
  });
  const through = (all: readonly Trip[]) => all.find(({ nodes }) => sameFiles(nodes, provenance.transformedBy)) ?? all[0];
  if (provenance.file === undefined) return fitting.length === 1 ? fitting[0] : undefined;
  if (fitting.length > 0) return through(fitting);
  // Renamed by what is not followed here: only where there is no choice of documents, and the steps only where there is one way.
  const [first] = journeys;
  const places = new Set(journeys.map(({ base }) => formatLocation(base.locate([]))));
  if (first === undefined || places.size > 1) return undefined;
  return journeys.length === 1 ? first : { ...first, nodes: [], steps: [] };
}

/** A journey, and the name and namespace that the resource has at its end. */
interface Trip extends Journey {
  readonly name: string;
  readonly namespace: string | undefined;
}

interface Route {
  readonly begin: NamedFile | KustomizeNode;
  readonly nodes: readonly KustomizeNode[];
}

/** Through the files of this name; through all of them where none is named. */
function routes(node: KustomizeNode, file: string | undefined): readonly Route[] {
  const after = (found: readonly Route[], nodes: readonly KustomizeNode[]): readonly Route[] =>
    found.map((route) => ({ ...route, nodes: [...route.nodes, ...nodes] }));
  const below = node.parts.flatMap((part): readonly Route[] => {
    if (isNode(part)) return routes(part, file);
    return file === undefined || part.file === file ? [{ begin: part, nodes: [] }] : [];
  });
  const found = [
    ...after(below, [...node.components.flatMap(withComponents), node]),
    ...node.components.flatMap((component, index) =>
      after(routes(component, file), [...node.components.slice(index + 1).flatMap(withComponents), node]),
    ),
    ...(node.file === file ? [{ begin: node, nodes: [node] }] : []),
  ];
  return found.slice(0, maxRoutes);
}

/** A component changes all that its user has by then. */
function withComponents(component: KustomizeNode): readonly KustomizeNode[] {
  return [...component.components.flatMap(withComponents), component].slice(0, maxRoutes);
}

/** Kustomizations without transformers leave no trace in the annotation. */
function sameFiles(nodes: readonly KustomizeNode[], transformedBy: readonly string[]): boolean {
  const traced = nodes.map(({ file }) => file).filter((file) => transformedBy.includes(file));
  const own = new Set(nodes.map(({ file }) => file));
  const said = transformedBy.filter((file, index) => file !== transformedBy[index - 1] && /(?:^|\/)[Kk]ustomization/.test(file));
  return said.every((file) => own.has(file)) && traced.join('\n') === said.join('\n');
}

function basesOf(begin: NamedFile | KustomizeNode, resource: Identity, { generated }: Provenance): readonly Base[] {
  if (generated && isNode(begin)) {
    return generatorsFor(begin, resource.kind).map(({ generator, at }) => ({
      name: generator.name ?? '',
      namespace: undefined,
      locate: (path) => placeInGenerator(begin, generator, at, path) ?? begin.document.locate(at),
      read: (path, now) => {
        if (now === undefined) return undefined;
        const place = placeInGenerator(begin, generator, at, path) ?? {
          ...begin.document.locate(at),
          precision: 'parent' as const,
        };
        const isName = path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
        return path[0] === 'metadata' && !isName && place.precision === 'parent'
          ? undefined
          : { value: isName ? (generator.name ?? '') : now, place };
      },
    }));
  }
  const found = documentsOf(begin).flatMap((document) => readItems(document).items.map((item) => ({ ...item, document })));
  const alike = found.filter(({ identity }) => identity.kind === resource.kind);
  const exact = alike.filter(({ identity }) => identity.apiVersion === resource.apiVersion);
  return (exact.length > 0 ? exact : alike).map(({ identity, path: at, document }) => ({
    name: identity.name,
    namespace: identity.namespace,
    locate: (path) => document.locate([...at, ...path]),
    read: (path) => {
      const there = translate(resource.object, identity.object, path);
      const value = there === undefined ? undefined : valueAt(identity.object, there);
      return there === undefined || value === undefined ? undefined : { value, place: document.locate([...at, ...there]) };
    },
  }));
}

function travel(resource: Identity, base: Base, nodes: readonly KustomizeNode[]): Trip {
  const names = [base.name];
  const namespaces = [base.namespace];
  const steps: { readonly step: Step; readonly target: Target }[] = [];
  for (const node of nodes) {
    for (const step of stepsOf(node)) {
      const target: Target = {
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        object: resource.object,
        names: [...names],
        namespaces: [...namespaces],
      };
      steps.push({ step, target });
      const name = names.at(-1) ?? '';
      const renamed = step.rename?.(target, name) ?? name;
      if (renamed !== name) names.push(renamed);
      if (step.namespace !== undefined && isObject(resource.object.metadata)) namespaces.push(step.namespace);
    }
  }
  return { base, nodes, steps, name: names.at(-1) ?? '', namespace: namespaces.at(-1) };
}
