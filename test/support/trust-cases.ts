import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blob } from './oci-image.ts';
import { type OciRegistry, startOciRegistry } from './oci-registry.ts';
import { workflowIssuer } from './sigstore-services.ts';

/** What is signed and attested how, by real cosign (cosign-world.ts), and which rules it is verified against. */
export const own = 'https://github.com/org/app/.github/workflows/release.yaml@refs/tags/v1.2.3';
export const other = 'https://github.com/evil/app/.github/workflows/release.yaml@refs/tags/v1.2.3';
export const customType = 'https://example.com/review/v1';

export interface TrustCase {
  /** `id-bundle, by own identity`: unique. */
  readonly name: string;
  readonly repository: string;
  readonly digest: string;
  readonly by: 'key' | 'other-key' | 'rotated-key' | 'identity' | 'other-identity' | 'other-issuer' | 'pattern' | 'other-pattern';
  readonly transparencyLog: boolean;
  /** Type of the attestation; absent: a signature. */
  readonly type?: string;
}

export interface Keys {
  /** PEM by name: `key`, `other-key`, `rotated-key`. */
  readonly [name: string]: string;
}

/** A world, as it is recorded: contents of the registry, keys, roots, and what cosign answered. */
export interface Recorded {
  readonly version: string;
  /** ISO 8601. */
  readonly signedAt: string;
  readonly root: string;
  readonly keys: Keys;
  readonly contents: readonly {
    readonly repository: string;
    readonly reference: string;
    readonly mediaType: string;
    readonly digest: string;
  }[];
  /** Base64 by digest. */
  readonly blobs: Readonly<Record<string, string>>;
  readonly cases: readonly (TrustCase & { readonly accepted: boolean; readonly reason: string })[];
}

export const recordedFile = path.join(import.meta.dirname, '../fixtures/cosign/world.3.1.2.json');
export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(recordedFile, 'utf8'));
}

/** Writes what the unit tests replay, without layers and configurations of images, which nothing reads. */
export function record({
  registry,
  cases,
  ...world
}: Omit<Recorded, 'contents' | 'blobs'> & { readonly registry: OciRegistry }): void {
  const kept = registry
    .contents()
    .filter(({ bytes }) => !(bytes[0] === 0x1f && bytes[1] === 0x8b) && !bytes.includes('"rootfs"'))
    .map((content) => ({ ...content, digest: blob('', content.bytes).digest }));
  const contents = kept.map(({ bytes: _, ...content }) => content);
  const blobs = Object.fromEntries(kept.map(({ digest, bytes }) => [digest, bytes.toString('base64')]));
  const plain = cases.map(({ name, repository, digest, by, transparencyLog, type, accepted, reason }) => ({
    ...{ name, repository, digest, by, transparencyLog },
    ...(type !== undefined && { type }),
    ...{ accepted, reason },
  }));
  writeFileSync(recordedFile, JSON.stringify({ ...world, contents, blobs, cases: plain }));
}

/** The options of the engine for a case; roots are in `root.json`. */
export function optionsFor(
  { by, transparencyLog, type }: TrustCase,
  host: string,
  keys: Keys,
): { readonly rules: readonly object[] } {
  const signer = (identity: string, issuer = workflowIssuer) => ({ signedBy: [{ issuer, identity }] });
  const signers = {
    identity: () => signer(own),
    'other-identity': () => signer(other),
    'other-issuer': () => signer(own, 'https://accounts.google.com'),
    pattern: () => signer('https://github.com/org/*/.github/workflows/release.yaml@refs/tags/*'),
    'other-pattern': () => signer('https://github.com/org/*/.github/workflows/*@refs/heads/*'),
    key: () => ({ keys: [{ pem: keys.key }] }),
    'other-key': () => ({ keys: [{ pem: keys['other-key'] }] }),
    'rotated-key': () => ({ keys: [{ pem: keys['rotated-key'] }] }),
  };
  return {
    rules: [
      {
        images: `${host}/**`,
        ...signers[by](),
        roots: 'root.json',
        transparencyLog,
        ...(type !== undefined && { attestations: [{ predicateType: type }] }),
      },
    ],
  };
}

/** The same question to cosign, with the files of its folder. */
export function cosignArgs({ by, transparencyLog, type }: TrustCase, reference: string): readonly string[] {
  const issuer = ['--certificate-oidc-issuer', workflowIssuer];
  const signers = {
    identity: ['--certificate-identity', own, ...issuer],
    'other-identity': ['--certificate-identity', other, ...issuer],
    'other-issuer': ['--certificate-identity', own, '--certificate-oidc-issuer', 'https://accounts.google.com'],
    pattern: [
      '--certificate-identity-regexp',
      '^https://github\\.com/org/.*/\\.github/workflows/release\\.yaml@refs/tags/.*$',
      ...issuer,
    ],
    'other-pattern': [
      '--certificate-identity-regexp',
      '^https://github\\.com/org/.*/\\.github/workflows/.*@refs/heads/.*$',
      ...issuer,
    ],
    key: ['--key', 'key.pub'],
    'other-key': ['--key', 'other-key.pub'],
    'rotated-key': ['--key', 'rotated-key.pub'],
  };
  const stamps = signers[by][0] === '--key' ? [] : ['--use-signed-timestamps'];
  return [
    ...(type === undefined ? ['verify'] : ['verify-attestation', '--type', type]),
    ...signers[by],
    ...['--trusted-root', 'root.json', '--allow-http-registry'],
    ...(transparencyLog ? [] : ['--insecure-ignore-tlog', ...stamps]),
    reference,
  ];
}

/** A registry with the contents that were recorded. */
export async function startRecorded({ contents, blobs }: Recorded): Promise<OciRegistry> {
  const registry = await startOciRegistry();
  for (const { repository, reference, mediaType, digest } of contents)
    registry.restore(repository, reference, { mediaType, bytes: Buffer.from(blobs[digest] ?? '', 'base64') });
  return registry;
}
