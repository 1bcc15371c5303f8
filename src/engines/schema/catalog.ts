import { createHash } from 'node:crypto';
import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { Files } from '../../ports/ports.ts';
import { scalarChecks } from './scalars.ts';
import { type Scalar, type Shape, type Shapes, scalars, shapeIn, shapesSchema } from './shapes.ts';
import type { Type } from './validate.ts';

/** The types of all built-in kinds. */
export interface Catalog {
  /** SHA-256 of the data, hex: results depend on it. */
  readonly digest: string;
  /** Releases that the data is from: `1.37.2`. */
  readonly releases: readonly string[];
  /** The type of a kind in a minor; undefined if that minor does not serve it. */
  typeOf(group: string, version: string, kind: string, minor: number): Type | undefined;
  /** The type of the metadata of every object. */
  metadata(minor: number): Type;
}

const file = 'openapi/kubernetes.json';
let last: { readonly text: string; readonly catalog: Catalog } | undefined;

/** Reads the data of this installation; head and base use the same. Throws ENGINE_FAILED if it is not what was shipped. */
export async function readCatalog(files: Files, gateRoot: string): Promise<Catalog> {
  const text = await files.readText(path.join(gateRoot, file));
  if (last?.text !== text) last = { text, catalog: createCatalog(text) };
  return last.catalog;
}

export function createCatalog(text: string): Catalog {
  const shapes = parse(text);
  const minors = new Map<number, (name: string) => Type>();
  const typesOf = (minor: number): ((name: string) => Type) => {
    const known = minors.get(minor) ?? resolver(shapes, minor);
    minors.set(minor, known);
    return known;
  };
  return {
    digest: createHash('sha256').update(text).digest('hex'),
    releases: shapes.sources.map(({ version }) => version.replace(/^v/, '')),
    typeOf(group, version, kind, minor) {
      const key = `${group}/${version}/${kind}`;
      const name = Object.hasOwn(shapes.kinds, key) ? shapes.kinds[key] : undefined;
      return name === undefined || shapeIn(shapes, name, minor) === undefined ? undefined : typesOf(minor)(name);
    },
    metadata: (minor) => typesOf(minor)('meta.v1.ObjectMeta'),
  };
}

function parse(text: string): Shapes {
  const next = 'Reinstall k8s-gate: its `openapi` folder was modified.';
  try {
    return shapesSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GateError('ENGINE_FAILED', { message: `${file} of this installation cannot be read`, next, cause });
  }
}

/** Types by name, each built when it is first used: most runs use few kinds. */
function resolver(shapes: Shapes, minor: number): (name: string) => Type {
  const types = new Map<string, Type>();
  const named = (name: string): Type => {
    const known = types.get(name);
    if (known !== undefined) return known;
    const shape = shapeIn(shapes, name, minor);
    if (shape === undefined)
      throw new GateError('INTERNAL', { message: `${file} has no definition ${name} for Kubernetes 1.${minor}` });
    const type = build(shape, name);
    types.set(name, type);
    return type;
  };
  const lazy = (shape: Shape): (() => Type) => {
    let built: Type | undefined;
    return () => {
      built ??= typeof shape === 'string' && shape.startsWith('#') ? named(shape.slice(1)) : build(shape, '');
      return built;
    };
  };
  const build = (shape: Shape, name: string): Type => {
    if (typeof shape === 'string') return isScalar(shape) ? { is: 'scalar', check: scalarChecks[shape] } : named(shape.slice(1));
    if ('items' in shape) return { is: 'list', items: lazy(shape.items) };
    if ('values' in shape) return { is: 'map', values: lazy(shape.values) };
    if ('or' in shape) return { is: 'union', or: shape.or.map(lazy) };
    const fields = new Map(Object.entries(shape.fields).map(([field, value]) => [field, lazy(value)]));
    return { is: 'object', name, fields, required: shape.required ?? [] };
  };
  return named;
}

function isScalar(shape: string): shape is Scalar {
  return scalars.some((scalar) => scalar === shape);
}
