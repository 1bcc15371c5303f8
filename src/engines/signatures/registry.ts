import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { parseImageName, repositoryOf } from '../../model/image-name.ts';
import type { LookUp, RefusedHost, RegistryDocument } from '../../ports/ports.ts';
import type { EngineContext, SbomContext } from '../engine.ts';
import type { SignaturesOptions } from './options.ts';

export type Context = EngineContext<SignaturesOptions>;
/** What is needed to read what is attached to an image. */
export type ReadContext = SbomContext & Pick<Context, 'options'>;

/** An image by the digest that everything is verified for. */
export interface ResolvedImage {
  readonly registry: string;
  readonly repository: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** No request is sent to this host. */
export class RefusedRegistry extends Error {
  readonly refused: RefusedHost;
  constructor(refused: RefusedHost) {
    super(`no request is sent to ${refused.host}`);
    this.refused = refused;
  }
}

/** Reads documents of one repository. */
/** Of the digest, as subjects of statements have it. */
export function hexOf({ digest }: Pick<ResolvedImage, 'digest'>): string {
  return digest.slice('sha256:'.length);
}

export type Read = (path: string, maxBytes: number) => Promise<RegistryDocument>;

export const maxManifestBytes = 4 * 1024 * 1024;

export function readerOf(context: ReadContext, image: Pick<ResolvedImage, 'registry' | 'repository'>): Read {
  const { registry, repository } = image;
  const options = lookUp(context, registry);
  return (path, maxBytes) => context.ports.registries.read({ registry, repository, path }, { ...options, maxBytes });
}

function lookUp({ options, namedRegistries, signal }: ReadContext, registry: string): LookUp {
  const { insecureRegistries, credentials, imageTimeout } = options;
  return {
    insecure: insecureRegistries.includes(registry),
    credentials: credentials === 'runner',
    named: async () => [...insecureRegistries, ...(await namedRegistries())],
    timeoutMs: parseDuration(imageTimeout) ?? 60_000,
    signal,
  };
}

/** Looks up a tag once, so that everything is about the same image. Throws IMAGE_UNAVAILABLE, IMAGE_INVALID or RefusedRegistry. */
export async function resolveImage(context: ReadContext, { reference }: Image): Promise<ResolvedImage> {
  const name = parseImageName(reference);
  if (name === undefined) throw invalid(reference, 'it is not a valid reference');
  const { registry, repository } = repositoryOf(name);
  if (name.digest !== undefined) {
    if (/^sha256:[0-9a-f]{64}$/.test(name.digest)) return { registry, repository, digest: name.digest };
    throw invalid(reference, 'its digest is not SHA-256');
  }
  const tag = name.tag ?? 'latest';
  const { registries } = context.ports;
  const host = await registries.refused(registry, lookUp(context, registry).named);
  if (host !== undefined) throw new RefusedRegistry(host);
  const known = await registries.digest({ registry, repository, tag }, lookUp(context, registry));
  if (known !== undefined) return { registry, repository, digest: known };
  const found = await readerOf(context, { registry, repository })(`manifests/${tag}`, maxManifestBytes);
  if (found.status === 'found') return { registry, repository, digest: found.digest };
  if (found.status === 'refused') throw new RefusedRegistry(found);
  throw unavailable(reference, found.status === 'unavailable' ? found.why : `the registry has no tag ${tag}`);
}

function invalid(reference: string, why: string): GateError {
  return new GateError('IMAGE_INVALID', {
    message: `the signatures of ${reference.slice(0, 300)} were not verified: ${why}`,
    next: 'Correct the reference.',
  });
}

export function unavailable(reference: string, why: string): GateError {
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the signatures of ${reference} were not verified: its registry could not be read: ${why}`,
    expected: 'a registry that returns the image and its signatures',
    next: next(why),
  });
}

/** @param where `org/app` */
export function unavailableAtGitHub(reference: string, where: string, why: string): GateError {
  return new GateError('IMAGE_UNAVAILABLE', {
    message: `the attestations of ${reference} were not verified: those that GitHub keeps in ${where} could not be read: ${why}`,
    expected: 'a token with the permission `attestations: read` for that repository',
    next: 'Correct the permissions of the job or `githubAttestations`, or attest images with `push-to-registry: true`; then run again.',
  });
}

function next(why: string): string {
  if (/HTTP 40[13]/.test(why)) return 'Give the gate read access by `docker login`, or correct the reference.';
  if (/HTTP 429/.test(why)) return 'Run again later, log in for a higher limit, or use a mirror of the registry.';
  return 'Correct the reference, or check the registry and the network; then run again.';
}
