import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Blob, blob, buildImage, descriptor } from './oci-image.ts';
import type { OciRegistry } from './oci-registry.ts';
import { type SigstoreServices, tokenFor } from './sigstore-services.ts';
import { emptyFolder } from './temp-folders.ts';
import { customType, other, own } from './trust-cases.ts';

const run = promisify(execFile);
const indexType = 'application/vnd.oci.image.index.v1+json';

/** Real cosign with a folder of its own, which signs in a registry and a Sigstore of the test. */
export class CosignWorld {
  readonly folder = emptyFolder();
  readonly #executable: string;
  readonly #registry: OciRegistry;
  readonly #sigstore: SigstoreServices;

  constructor(executable: string, registry: OciRegistry, sigstore: SigstoreServices) {
    this.#executable = executable;
    this.#registry = registry;
    this.#sigstore = sigstore;
    writeFileSync(path.join(this.folder, 'root.json'), sigstore.trustedRoot());
    writeFileSync(path.join(this.folder, 'own'), tokenFor(own, { repository: 'org/app', ref: 'refs/tags/v1.2.3' }));
    writeFileSync(path.join(this.folder, 'other'), tokenFor(other, { repository: 'evil/app', ref: 'refs/tags/v1.2.3' }));
    writeFileSync(path.join(this.folder, 'review.json'), '{"reviewed":true}');
  }

  /** Whether it ends with exit code 0, and its last message. */
  async cosign(args: readonly string[]): Promise<{ readonly accepted: boolean; readonly reason: string }> {
    const env = { HOME: this.folder, COSIGN_PASSWORD: '', PATH: '/usr/bin', TUF_ROOT: path.join(this.folder, 'tuf') };
    try {
      await run(this.#executable, args, { cwd: this.folder, env, timeout: 60_000 });
      return { accepted: true, reason: '' };
    } catch (thrown) {
      const stderr = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : String(thrown);
      return { accepted: false, reason: (/^Error: (.*)/m.exec(stderr)?.[1] ?? stderr).slice(0, 300) };
    }
  }

  async #do(args: readonly string[]): Promise<void> {
    const { accepted, reason } = await this.cosign(args);
    if (!accepted) throw new Error(`cosign ${args.slice(0, 3).join(' ')}: ${reason}`);
  }

  newKey(name: string): Promise<void> {
    return this.#do(['generate-key-pair', '--output-key-prefix', name]);
  }

  /** An image with content of its own; returns its digest. */
  push(repository: string): string {
    const image = buildImage([[{ path: 'app', content: repository }]]);
    return this.#registry.push(repository, '1', image.manifest, [image.config, ...image.layers]);
  }

  /** An image for two platforms. */
  pushIndex(repository: string): { readonly index: string; readonly platforms: readonly string[] } {
    const images = ['amd64', 'arm64'].map((platform) => buildImage([[{ path: platform, content: repository }]]));
    for (const image of images)
      this.#registry.push(repository, image.manifest.digest, image.manifest, [image.config, ...image.layers]);
    const manifests = images.map(({ manifest }, index) => ({
      ...descriptor(manifest),
      platform: { os: 'linux', architecture: index === 0 ? 'amd64' : 'arm64' },
    }));
    const index: Blob = blob(indexType, JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
    return { index: this.#registry.push(repository, '1', index), platforms: images.map(({ manifest }) => manifest.digest) };
  }

  sign(repository: string, digest: string, by: string, how: How = {}): Promise<void> {
    return this.#do(['sign', ...this.#flags(by, how), ...(how.recursive ? ['-r'] : []), this.#name(repository, digest)]);
  }

  attest(
    repository: string,
    digest: string,
    by: string,
    how: How & { readonly predicate?: readonly [type: string, file: string] } = {},
  ) {
    const [type, file] = how.predicate ?? [customType, 'review.json'];
    return this.#do(['attest', '--type', type, '--predicate', file, ...this.#flags(by, how), this.#name(repository, digest)]);
  }

  #name(repository: string, digest: string): string {
    return `${this.#registry.host}/${repository}@${digest}`;
  }

  #flags(by: string, { legacy = false, log = true, stamp = false, sigstore = this.#sigstore }: How): readonly string[] {
    const { url } = sigstore;
    const root = sigstore === this.#sigstore ? 'root.json' : 'foreign-root.json';
    if (sigstore !== this.#sigstore) writeFileSync(path.join(this.folder, root), sigstore.trustedRoot());
    return [
      ...(by === 'own' || by === 'other' ? ['--identity-token', by, '--fulcio-url', url] : ['--key', `${by}.key`]),
      ...(log ? ['--rekor-url', url] : ['--tlog-upload=false']),
      ...(stamp ? ['--timestamp-server-url', `${url}/api/v1/timestamp`] : []),
      ...(legacy ? ['--new-bundle-format=false'] : []),
      ...['--use-signing-config=false', '-y', '--allow-http-registry', '--trusted-root', root],
    ];
  }
}

export interface How {
  /** cosign 2's layout: tags `.sig` and `.att`. */
  readonly legacy?: boolean;
  readonly log?: boolean;
  readonly stamp?: boolean;
  readonly recursive?: boolean;
  readonly sigstore?: SigstoreServices;
}
