import { isArray, isObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { fieldsOf, type ListMerge, type Shape, structOf } from '../go-types.ts';

/** How a patch merges with a value of a type: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
export type MergeType =
  | { readonly is: 'any' }
  | { readonly is: 'scalar'; readonly of: 'string' | 'number' | 'boolean' | 'any' }
  | {
      readonly is: 'object';
      /** Undefined if it has no such field. */
      readonly field: (name: string) => MergeType | undefined;
      /** Whether it has fields of its own, unlike a map. */
      readonly isStruct: boolean;
      /** A patch replaces it. */
      readonly atomic: boolean;
    }
  | { readonly is: 'list'; readonly items: () => MergeType; readonly merge: ListMerge };

const anything: MergeType = { is: 'any' };
const scalar = (of: 'string' | 'number' | 'boolean' | 'any'): MergeType => ({ is: 'scalar', of });

/** Undefined for a kind that is not built in. */
export function builtInType(apiVersion: string, kind: string): MergeType | undefined {
  const number = structOf(apiVersion, kind);
  return number === undefined ? undefined : ofShape({ kind: 'struct', number });
}

function ofShape(shape: Shape): MergeType {
  if (shape.kind === 'pointer') return ofShape(shape.of);
  if (shape.kind === 'list') return { is: 'list', items: () => ofShape(shape.of), merge: shape.merge };
  if (shape.kind === 'map') return { is: 'object', field: () => ofShape(shape.of), isStruct: false, atomic: shape.atomic };
  if (shape.kind === 'struct') {
    const { byName, atomic } = fieldsOf(shape.number);
    const field = (name: string) => {
      const found = byName.get(name)?.shape;
      return found && ofShape(found);
    };
    return { is: 'object', field, isStruct: true, atomic };
  }
  if (shape.kind === 'string' || shape.kind === 'bytes') return scalar('string');
  if (shape.kind === 'number' || shape.kind === 'boolean') return scalar(shape.kind);
  return shape.kind === 'quantity' || shape.kind === 'int-or-string' ? scalar('any') : anything;
}

/** @param schema `openAPIV3Schema` of the version of a custom kind. */
export function customType(schema: JsonObject): MergeType {
  const own = ofSchema(schema);
  const metadata = builtInType('v1', 'Pod');
  const common: Readonly<Record<string, MergeType | undefined>> = {
    apiVersion: scalar('string'),
    kind: scalar('string'),
    metadata: metadata?.is === 'object' ? metadata.field('metadata') : undefined,
  };
  const field = (name: string) =>
    Object.hasOwn(common, name) ? common[name] : own.is === 'object' ? own.field(name) : undefined;
  return { is: 'object', field, isStruct: true, atomic: false };
}

function ofSchema(schema: JsonValue | undefined): MergeType {
  if (!isObject(schema)) return anything;
  const { type, properties, additionalProperties, items } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) return scalar('any');
  if (type === 'string' || type === 'boolean') return scalar(type);
  if (type === 'integer' || type === 'number') return scalar('number');
  if (type === 'array') return { is: 'list', items: () => ofSchema(items), merge: mergeOf(schema) };
  if (type !== 'object') return anything;
  const own = isObject(properties) ? properties : undefined;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  const others = isObject(additionalProperties) ? ofSchema(additionalProperties) : undefined;
  const field = (name: string) =>
    own && Object.hasOwn(own, name) ? ofSchema(own[name]) : (others ?? (isOpen ? anything : undefined));
  return { is: 'object', field, isStruct: own !== undefined, atomic: schema['x-kubernetes-map-type'] === 'atomic' };
}

function mergeOf(schema: JsonObject): ListMerge {
  const kind = schema['x-kubernetes-list-type'];
  if (kind === 'set') return 'set';
  const keys = schema['x-kubernetes-list-map-keys'];
  if (kind !== 'map' || !isArray(keys)) return 'atomic';
  const properties = isObject(schema.items) && isObject(schema.items.properties) ? schema.items.properties : {};
  return keys.map((key) => {
    const property = properties[String(key)];
    return { name: String(key), default: isObject(property) && property.default !== undefined ? String(property.default) : '' };
  });
}
