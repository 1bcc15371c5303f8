import { matchesGlob } from './glob.ts';

/** A parsed image reference. `repository` always includes the registry: `docker.io/library/nginx`. */
export interface ImageName {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A repository as its registry names it: `docker.io` and `library/nginx`. */
export interface Repository {
  readonly registry: string;
  readonly repository: string;
}

export function repositoryOf({ repository }: Pick<ImageName, 'repository'>): Repository {
  const slash = repository.indexOf('/');
  return { registry: repository.slice(0, slash), repository: repository.slice(slash + 1) };
}

/**
 * `nginx` -> `docker.io/library/nginx`, as in container runtimes. Undefined for invalid references.
 * Grammar and defaults: https://github.com/distribution/reference (`ParseNormalizedNamed`).
 */
export function parseImageName(reference: string): ImageName | undefined {
  const parts = /^([\w.:/-]+?)(?::([\w][\w.-]{0,127}))?(?:@([a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$/.exec(reference);
  const name = parts?.[1];
  if (name === undefined || !/^(?:[a-z0-9][\w.-]*(?::\d+)?\/)?[a-z0-9][\w.-]*(?:\/[a-z0-9][\w.-]*)*$/i.test(name))
    return undefined;
  const [, , tag, digest] = parts ?? [];
  return {
    repository: withRegistry(name),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest: digest.toLowerCase() }),
  };
}

/** The canonical reference: without a tag or digest, the tag is `latest`. */
export function canonicalImage(reference: string): string {
  const name = parseImageName(reference);
  if (name === undefined) return reference;
  const tag = name.tag ?? (name.digest === undefined ? 'latest' : undefined);
  return `${name.repository}${tag === undefined ? '' : `:${tag}`}${name.digest === undefined ? '' : `@${name.digest}`}`;
}

/**
 * Whether a user's pattern matches an image. `nginx:1.25` does not match `nginx:1.25@sha256:...`: the digest decides what runs, and any tag
 * can be written before it. A pattern that starts with a wildcard is matched against the full name, including the registry.
 */
export function matchesImage(pattern: string, reference: string): boolean {
  const [first = ''] = pattern.split('/');
  const canonical = canonicalImage(reference);
  if (/[*?]/.test(pattern)) {
    const whole = /^[*?]/.test(pattern) || (pattern.includes('/') && /[*?]/.test(first));
    return matchesGlob(whole ? pattern : withRegistry(pattern), canonical);
  }
  return canonicalImage(pattern) === canonical;
}

/** A first part with a dot or a port, or `localhost`, is a registry; everything else is on Docker Hub. */
function withRegistry(name: string): string {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const explicit = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = explicit ? first.toLowerCase() : 'docker.io';
  const rest = explicit ? name.slice(slash + 1) : name;
  if (registry !== 'docker.io' && registry !== 'index.docker.io') return `${registry}/${rest}`;
  return `docker.io/${rest.includes('/') ? rest : `library/${rest}`}`;
}
