import { isMeant } from '../model/field-pattern.ts';
import { nearest } from '../model/nearest.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Images in `images.sources` that no manifest uses, and fields in `images.paths` without an image. */
export function unusedImages(surroundings: Surroundings): readonly Unused[] {
  return [...sources(surroundings), ...paths(surroundings)];
}

function sources({ inputs: { config, loaded }, set }: Surroundings): readonly Unused[] {
  const here = set.images.map(({ reference }) => reference);
  return Object.keys(config.images.sources).flatMap((reference): readonly Unused[] => {
    if (here.includes(reference)) return [];
    const near = nearest(reference, here);
    return [
      {
        setting: `images.sources ${reference}`,
        ...loaded.place(['images', 'sources', reference]),
        title: `\`images.sources\` contains ${reference}, which no manifest uses${near === undefined ? '' : `; perhaps ${near}`}`,
        effect: near === undefined ? 'leftover' : 'weaker',
        next: 'Write the reference as in the manifests, with its tag, or remove it.',
      },
    ];
  });
}

function paths({ inputs: { config, loaded }, set }: Surroundings): readonly Unused[] {
  const uses = set.images.flatMap((image) => image.uses);
  return config.images.paths.flatMap(({ apiVersion, kind, path }, index): readonly Unused[] => {
    const asked = set.resources.filter((resource) => resource.kind === kind && isVersion(apiVersion, resource.apiVersion));
    const isFound = (uid: string) => uses.some((use) => use.resource === uid && isMeant(path, use.path));
    if (asked.some(({ uid }) => isFound(uid))) return [];
    const near = asked.length > 0 ? undefined : nearKind(kind, set.resources);
    const at = loaded.place(['images', 'paths', index]);
    const setting = `images.paths ${apiVersion} ${kind} ${path}`;
    if (asked.length > 0)
      return [
        {
          ...at,
          setting,
          title: `\`images.paths\`: no ${kind} of ${apiVersion} has an image at ${path}`,
          effect: 'weaker',
          next: 'Correct the path: `spec.steps[*].image`, where `*` is any item of a list or key of a map.',
        },
      ];
    return [
      {
        ...at,
        setting,
        title: `\`images.paths\`: no resource is a ${kind} of ${apiVersion}${near === undefined ? '' : `; perhaps ${near}`}`,
        effect: near === undefined ? 'leftover' : 'weaker',
        next: 'Correct apiVersion and kind, or remove the entry.',
      },
    ];
  });
}

/** `tekton.dev/*` matches any version of a group. */
function isVersion(asked: string, apiVersion: string): boolean {
  return asked === apiVersion || (asked.endsWith('/*') && apiVersion.startsWith(asked.slice(0, -1)));
}

/** The same kind in another version, or one with a similar name. */
function nearKind(kind: string, resources: Surroundings['set']['resources']): string | undefined {
  const near = nearest(kind, [...new Set(resources.map((resource) => resource.kind))]);
  const found = resources.find((resource) => resource.kind === near);
  return found === undefined ? undefined : `${found.kind} of ${found.apiVersion}`;
}
