/** A version with a minor, and what follows it: `v1.25.3-alpine` is `v`, 1.25.3 and `-alpine`. */
interface TagVersion {
  readonly prefix: string;
  /** Two numbers or three. */
  readonly numbers: readonly number[];
  readonly suffix: string;
}

export interface NewerTags {
  /** The newest patch release of the same minor version. */
  readonly patch?: string;
  /** The newest release of a later minor version of the same major version. */
  readonly minor?: string;
}

/** https://semver.org/#spec-item-9: what these words name is not a variant of the image, and not newer than the release itself. */
const preRelease = /^[-.]?(?:alpha|beta|rc|pre|dev|snapshot|nightly|canary|test)(?![a-z])/i;

/** Undefined for a tag that is not a version, such as `latest` and `3`, and for a pre-release. */
function versionOf(tag: string): TagVersion | undefined {
  const [, prefix, version, suffix] = /^(v?)(\d{1,9}\.\d{1,9}(?:\.\d{1,9})?)((?:-[A-Za-z0-9][\w.-]*)?)$/.exec(tag) ?? [];
  if (prefix === undefined || version === undefined || suffix === undefined || preRelease.test(suffix)) return undefined;
  return { prefix, numbers: version.split('.').map(Number), suffix };
}

/**
 * The newer tags of a repository that name the same variant: the same prefix, the same number of numbers and the same suffix. A tag
 * `1.25.3-alpine3.19` is compared with tags that end in `-alpine3.19` only.
 */
export function newerTags(tag: string, tags: readonly string[]): NewerTags {
  const own = versionOf(tag);
  if (own === undefined) return {};
  const newer = tags
    .flatMap((name) => {
      const version = versionOf(name);
      return version !== undefined && isVariant(version, own) && compare(version, own) > 0 ? [{ name, version }] : [];
    })
    .toSorted((a, b) => compare(b.version, a.version));
  const patch = newer.find(({ version }) => version.numbers[1] === own.numbers[1])?.name;
  const minor = newer.find(({ version }) => version.numbers[1] !== own.numbers[1])?.name;
  return { ...(patch !== undefined && { patch }), ...(minor !== undefined && { minor }) };
}

function isVariant(version: TagVersion, own: TagVersion): boolean {
  return (
    version.prefix === own.prefix &&
    version.suffix === own.suffix &&
    version.numbers.length === own.numbers.length &&
    version.numbers[0] === own.numbers[0]
  );
}

function compare(a: TagVersion, b: TagVersion): number {
  const index = a.numbers.findIndex((number, at) => number !== b.numbers[at]);
  return index === -1 ? 0 : (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
}

/** Whether a tag has newer ones that newerTags would find. */
export function isVersion(tag: string): boolean {
  return versionOf(tag) !== undefined;
}
