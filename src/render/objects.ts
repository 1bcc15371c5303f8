import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { Resource } from '../model/resource.ts';
import { type ObjectIdentity, readObjects } from '../yaml/objects.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import type { Provenance } from './provenance.ts';

/** A Kubernetes object with its identity, before it has a uid and environments. */
export interface Rendered extends Omit<Resource, 'uid' | 'environments'> {
  /** Where it is deployed to, if the object has no namespace; absent if nothing names it: Helm's `default` is a guess. */
  readonly releaseNamespace?: string;
  /** The Helm release's environment. */
  readonly environment?: string;
  /** Absent for plain files. */
  readonly provenance?: Provenance;
}

export type Identity = ObjectIdentity;

/** One object of a document, and its path in it. */
export interface Item {
  readonly identity: Identity;
  readonly path: FieldPath;
}

export interface ItemsRead {
  readonly items: readonly Item[];
  readonly failures: readonly GateError[];
  /** Why others were skipped. */
  readonly skipped: readonly string[];
}

/** The objects of a document: itself, or a list's items. Anything else is a failure at its line, unless the API server would not accept it anyway. */
export function readItems(document: YamlDocument): ItemsRead {
  const items: Item[] = [];
  const failures: GateError[] = [];
  const skipped: string[] = [];
  for (const reading of readObjects(document.value)) {
    if (reading.is === 'object') items.push({ identity: reading.identity, path: reading.path });
    else if (reading.is === 'foreign') skipped.push(reading.reason);
    else failures.push(invalid(document, reading.path, reading.is === 'none' ? 'this is not an object' : reading.message));
  }
  return { items, failures, skipped };
}

function invalid(document: YamlDocument, path: FieldPath, message: string): GateError {
  const { file, line, column } = document.locate(path);
  return new GateError('MANIFEST_INVALID', {
    file,
    line,
    ...(column !== undefined && { column }),
    message,
    expected: 'a Kubernetes object with apiVersion, kind and metadata.name',
    next: 'Complete it, or exclude the file if it is not a manifest.',
  });
}
