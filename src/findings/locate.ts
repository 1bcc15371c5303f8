import type { FieldPath } from '../model/field-path.ts';
import type { Subject } from '../model/finding.ts';
import type { ImageUse } from '../model/image.ts';
import type { SourceLocation } from '../model/location.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';
import { packageOf, repositoryOf, stablePath } from './identity.ts';

export interface Place {
  readonly locations: readonly SourceLocation[];
  readonly resources: readonly string[];
  readonly environments: readonly string[];
  /** What the finding is about, in words that survive a move of the file: for the fingerprint. */
  readonly identity: string;
  /** The same, less what an update of the image changes: for telling new findings from old. */
  readonly subjectKey: string;
}
export interface Locator {
  locate(subject: Subject): Place;
}

export function createLocator(set: ManifestSet): Locator {
  const resources = new Map(set.resources.map((resource) => [resource.uid, resource]));
  const images = new Map(set.images.map((image) => [image.reference, image]));
  const users = new Map<string, Users>();
  /** An image has hundreds of vulnerabilities, and may have thousands of users. */
  const usersOf = (reference: string): Users => {
    const known = users.get(reference) ?? findUsers(images.get(reference)?.uses ?? [], resources);
    users.set(reference, known);
    return known;
  };
  const owners = new Map<string, Owner>();
  const ownerOf = (uid: string): Owner => {
    const known = owners.get(uid) ?? describe(resources.get(uid), uid);
    owners.set(uid, known);
    return known;
  };
  return {
    locate(subject) {
      switch (subject.kind) {
        case 'resource':
          return ofResource(ownerOf(subject.resource), subject.path);
        case 'image':
          return ofImage(usersOf(subject.reference), subject);
        case 'file':
          return {
            locations: [subject.location],
            resources: [],
            environments: [],
            identity: subject.location.file,
            subjectKey: subject.location.file,
          };
        case 'cluster':
          return {
            locations: [],
            resources: [],
            environments: [],
            identity: `cluster ${subject.node}`,
            subjectKey: `cluster ${subject.node}`,
          };
      }
    },
  };
}

/** What all findings of one resource share. */
interface Owner {
  readonly resource: Resource;
  readonly labels: readonly string[];
  readonly name: string;
}

function describe(resource: Resource | undefined, uid: string): Owner {
  if (resource === undefined) throw new Error(`an engine reported on ${uid}, which it was never given`);
  return { resource, labels: [resourceLabel(resource)], name: nameOf(resource) };
}

function ofResource({ resource, labels, name }: Owner, path: FieldPath): Place {
  const identity = `${name} ${stablePath(resource.object, path)}`;
  return {
    locations: [resource.origin.locate(path)],
    resources: labels,
    environments: resource.environments,
    identity,
    subjectKey: identity,
  };
}

/** A field of a resource in words that survive a move of the file. */
export function identityOf(resource: Resource, path: FieldPath): string {
  return `${nameOf(resource)} ${stablePath(resource.object, path)}`;
}

function nameOf(resource: Resource): string {
  return `${resource.apiVersion} ${resourceLabel(resource)}`;
}

type Users = Pick<Place, 'locations' | 'resources' | 'environments'>;

function findUsers(uses: readonly ImageUse[], resources: ReadonlyMap<string, Resource>): Users {
  const users = uses.flatMap((use) => {
    const resource = resources.get(use.resource);
    return resource === undefined ? [] : [{ resource, location: resource.origin.locate(use.path) }];
  });
  return {
    locations: uniqueBy(
      users.map((user) => user.location),
      (location) => `${location.file}:${location.line}`,
    ),
    resources: uniqueBy(
      users.map((user) => resourceLabel(user.resource)),
      String,
    ),
    environments: uniqueBy(
      users.flatMap((user) => user.resource.environments),
      String,
    ).toSorted(),
  };
}

function ofImage(users: Users, subject: Extract<Subject, { kind: 'image' }>): Place {
  return {
    ...users,
    identity: `image ${subject.reference} ${subject.component ?? ''}`,
    subjectKey: `image ${repositoryOf(subject.reference)} ${packageOf(subject.component ?? '')}`,
  };
}

export function uniqueBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
