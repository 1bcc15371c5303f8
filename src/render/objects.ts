import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { YamlDocument } from '../yaml/yaml.ts';

/** A Kubernetes object with its identity, before it has a uid and environments. */
export interface Rendered extends Omit<Resource, 'uid' | 'environments'> {
  /** Where it is deployed to, if the object does not say. */
  readonly releaseNamespace?: string;
  /** The Helm release's environment. */
  readonly environment?: string;
}

export type Identity = Pick<Rendered, 'apiVersion' | 'kind' | 'name' | 'namespace' | 'object'>;

/** One object of a document, and where it stands in it. */
export interface Item {
  readonly identity: Identity;
  readonly path: FieldPath;
}

export interface ItemsRead {
  readonly items: readonly Item[];
  readonly failures: readonly GateError[];
}

/** The objects of a document: itself, or a List's items. What is none is a failure at its line. */
export function readItems(document: YamlDocument): ItemsRead {
  const items: Item[] = [];
  const failures: GateError[] = [];
  for (const { value, path } of flatten(document.value, [])) {
    const identity = identify(value);
    if (typeof identity !== 'string') items.push({ identity, path });
    else failures.push(invalid(document, path, identity));
  }
  return { items, failures };
}

interface Part {
  readonly value: JsonValue;
  readonly path: FieldPath;
}

function flatten(value: JsonValue, path: FieldPath): readonly Part[] {
  if (!isObject(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List') || !isArray(value.items)) {
    return [{ value, path }];
  }
  const { apiVersion, kind } = value;
  const itemKind = kind.slice(0, -'List'.length);
  return value.items.flatMap((item, index) => {
    // The items of a typed list (DeploymentList) may leave out what the list says.
    const whole =
      itemKind !== '' && isObject(item) ? { ...(apiVersion !== undefined && { apiVersion }), kind: itemKind, ...item } : item;
    return flatten(whole, [...path, 'items', index]);
  });
}

/** Its identity, or what is wrong with it. */
function identify(value: JsonValue): Identity | string {
  if (!isObject(value)) return 'this is no object';
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') return '`apiVersion` is missing or no string';
  if (typeof kind !== 'string' || kind === '') return '`kind` is missing or no string';
  if (!isObject(metadata)) return '`metadata` is missing or no map';
  const { name, generateName, namespace } = metadata;
  const called = name ?? generateName;
  if (typeof called !== 'string' || called === '') return '`metadata.name` is missing or no string';
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') return '`metadata.namespace` is no string';
  return { apiVersion, kind, name: called, object: value, ...(namespace ? { namespace } : {}) };
}

function invalid(document: YamlDocument, path: FieldPath, message: string): GateError {
  const { file, line, column } = document.locate(path);
  return new GateError('MANIFEST_INVALID', {
    file,
    line,
    ...(column !== undefined && { column }),
    message,
    expected: 'a Kubernetes object with apiVersion, kind and metadata.name',
    next: 'Complete it, or exclude the file if it is no manifest.',
  });
}
