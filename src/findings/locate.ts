import type { FieldPath } from '../model/field-path.ts';
import type { Subject } from '../model/finding.ts';
import type { ImageUse } from '../model/image.ts';
import type { SourceLocation } from '../model/location.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { type Resource, stableLabel } from '../model/resource.ts';
import { aboutOf } from './about.ts';
import { packageOf, repositoryOf, stablePath } from './identity.ts';
import { createOrdinals, nameOf } from './stable-identity.ts';

export interface Place {
  readonly locations: readonly SourceLocation[];
  readonly resources: readonly string[];
  readonly environments: readonly string[];
  /** Files, charts and kustomizations that the resources were rendered from. */
  readonly units: readonly string[];
  /** File and line of a fetched chart that the first location is about. */
  readonly inside?: string;
  /** All of them are Helm test hooks. */
  readonly testHook: boolean;
  /** What the finding is about, in words that survive a move of the file: for the fingerprint. */
  readonly identity: string;
  /** The same, less what an update of the image changes: for telling new findings from old. */
  readonly subjectKey: string;
}
export interface Locator {
  locate(subject: Subject): Place;
  /** Words of an engine, with the names of a resource as they are in every rendering. */
  stableWords(subject: Subject, text: string): string;
  /** What a field of a resource is about; empty for what is not a resource. */
  about(subject: Subject): Readonly<Record<string, string>>;
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
  const ordinalOf = createOrdinals(set.resources);
  const ownerOf = (uid: string): Owner => {
    const known = owners.get(uid) ?? describe(resources.get(uid), uid, ordinalOf);
    owners.set(uid, known);
    return known;
  };
  return {
    stableWords(subject, text) {
      const resource = subject.kind === 'resource' ? resources.get(subject.resource) : undefined;
      return resource?.stableName === undefined ? text : text.replaceAll(resource.name, resource.stableName);
    },
    about(subject) {
      const resource = subject.kind === 'resource' ? resources.get(subject.resource) : undefined;
      return subject.kind !== 'resource' || resource === undefined ? {} : aboutOf(resource, subject.path);
    },
    locate(subject) {
      switch (subject.kind) {
        case 'resource':
          return ofResource(ownerOf(subject.resource), subject.path);
        case 'image':
          return ofImage(usersOf(subject.reference), subject);
        case 'file':
          return {
            ...nothing,
            locations: [subject.location],
            identity: subject.location.file,
            subjectKey: subject.location.file,
          };
        case 'cluster':
          return {
            ...nothing,
            locations: [],
            identity: `cluster ${subject.node}`,
            subjectKey: `cluster ${subject.node}`,
          };
      }
    },
  };
}

const nothing = { resources: [], environments: [], units: [], testHook: false };

/** What all findings of one resource share. */
interface Owner {
  readonly resource: Resource;
  readonly labels: readonly string[];
  readonly units: readonly string[];
  readonly name: string;
}

function describe(resource: Resource | undefined, uid: string, ordinalOf: (resource: Resource) => number): Owner {
  if (resource === undefined) throw new Error(`an engine reported on ${uid}, which it was never given`);
  const ordinal = ordinalOf(resource);
  const name = ordinal > 1 ? `${nameOf(resource)} ${ordinal}` : nameOf(resource);
  return { resource, labels: [stableLabel(resource)], units: [resource.source.unit], name };
}

function ofResource({ resource, labels, units, name }: Owner, path: FieldPath): Place {
  const identity = `${name} ${stablePath(resource.object, path)}`;
  const { inside, ...location } = resource.origin.locate(path);
  return {
    locations: [location],
    ...(inside !== undefined && { inside }),
    resources: labels,
    environments: resource.environments,
    units,
    testHook: resource.testHook === true,
    identity,
    subjectKey: identity,
  };
}

/** A field of a resource in words that survive a move of the file. */
export function identityOf(resource: Resource, path: FieldPath): string {
  return `${nameOf(resource)} ${stablePath(resource.object, path)}`;
}

type Users = Omit<Place, 'identity' | 'subjectKey'>;

function findUsers(uses: readonly ImageUse[], resources: ReadonlyMap<string, Resource>): Users {
  const users = uses.flatMap((use) => {
    const resource = resources.get(use.resource);
    if (resource === undefined) return [];
    const { inside, ...location } = resource.origin.locate(use.path);
    return [{ resource, location, inside }];
  });
  const inside = users[0]?.inside;
  return {
    ...(inside !== undefined && { inside }),
    locations: uniqueBy(
      users.map((user) => user.location),
      (location) => `${location.file}:${location.line}`,
    ),
    resources: uniqueBy(
      users.map((user) => stableLabel(user.resource)),
      String,
    ),
    units: uniqueBy(
      users.map((user) => user.resource.source.unit),
      String,
    ),
    testHook: users.length > 0 && users.every((user) => user.resource.testHook === true),
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
