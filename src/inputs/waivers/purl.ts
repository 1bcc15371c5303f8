import { parseImageName } from '../../model/image-name.ts';

/** What a package URL names. `image` is a waiver's target; a component is named as Trivy names it. */
export type Named =
  | { readonly kind: 'image'; readonly target: string }
  | { readonly kind: 'component'; readonly name: string; readonly version?: string }
  | { readonly kind: 'unclear'; readonly reason: string };

/** `scheme:type/namespace/name@version?qualifiers#subpath`: https://github.com/package-url/purl-spec */
export function namedByPurl(purl: string): Named | undefined {
  const parts = /^pkg:\/{0,2}([A-Za-z][A-Za-z0-9.+-]*)\/([^?#@]+|@[^?#@]+)(?:@([^?#]+))?(?:\?([^#]*))?(?:#.*)?$/.exec(purl);
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined;
  const segments = parts[2]
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  const qualifiers = new Map(
    (parts[4] ?? '').split('&').map((pair) => [pair.split('=')[0] ?? '', decode(pair.slice(pair.indexOf('=') + 1))]),
  );
  const name = segments.at(-1);
  if (name === undefined) return undefined;
  const version = parts[3] === undefined ? undefined : decode(parts[3]);
  switch (parts[1].toLowerCase()) {
    case 'oci':
      return ociImage(name, version, qualifiers);
    case 'docker':
      return image([qualifiers.get('repository_url') ?? 'docker.io', ...segments].join('/'), version);
    default:
      return component(parts[1].toLowerCase(), segments, version, qualifiers.get('epoch'));
  }
}

/**
 * The version is the digest, `repository_url` the whole repository: https://packageurl.org/types/oci-definition.json. `arch` is not compared,
 * since a manifest does not name the platform of its nodes.
 */
function ociImage(name: string, version: string | undefined, qualifiers: ReadonlyMap<string, string>): Named {
  const repository = qualifiers
    .get('repository_url')
    ?.replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
  if (repository === undefined) {
    // A digest names the content wherever it is stored; a bare name could be anybody's image.
    if (isDigest(version)) return { kind: 'image', target: `*@${version.toLowerCase()}` };
    return { kind: 'unclear', reason: `pkg:oci/${name} has neither repository_url nor digest` };
  }
  if (repository.split('/').at(-1)?.toLowerCase() !== name.toLowerCase())
    return { kind: 'unclear', reason: `repository_url ${repository} does not end in ${name}` };
  return image(repository, version ?? qualifiers.get('tag'));
}

function image(repository: string, version: string | undefined): Named {
  const reference = version === undefined ? repository : `${repository}${isDigest(version) ? '@' : ':'}${version}`;
  return imageNamed(reference) ?? { kind: 'unclear', reason: `${reference} is not an image reference` };
}

/** A plain reference as a waiver's target. */
export function imageNamed(reference: string): Extract<Named, { kind: 'image' }> | undefined {
  const parsed = parseImageName(reference);
  if (parsed === undefined) return undefined;
  const { repository, tag, digest } = parsed;
  return {
    kind: 'image',
    target: `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
  };
}

/** Namespaces of operating system packages name the distribution, those of languages are part of the package's name. */
function component(type: string, segments: readonly string[], version: string | undefined, epoch: string | undefined): Named {
  const distribution = ['apk', 'deb', 'rpm', 'alpm', 'bitnami'].includes(type);
  const name = distribution ? (segments.at(-1) ?? '') : segments.join(type === 'maven' ? ':' : '/');
  const full = version !== undefined && epoch !== undefined && epoch !== '0' ? `${epoch}:${version}` : version;
  return { kind: 'component', name, ...(full !== undefined && { version: full }) };
}

function isDigest(text: string | undefined): text is string {
  return text !== undefined && /^[a-z0-9]+:[0-9a-f]{32,}$/i.test(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
