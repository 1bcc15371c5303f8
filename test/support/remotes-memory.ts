import { GateError } from '../../src/model/gate-error.ts';
import type { RemoteOptions, RemoteRepository, Remotes } from '../../src/ports/ports.ts';
import { sha256 } from './chart-archive.ts';

export interface MemoryRemotes extends Remotes {
  /** Every request, in its order. */
  readonly seen: string[];
  /** URL -> content. */
  readonly pages: Map<string, Uint8Array | string>;
  /** `ghcr.io/org/podinfo:1.0.0` -> manifest; `sha256:…` -> blob. */
  readonly images: Map<string, Uint8Array | string>;
}

/** Repositories of charts in memory. What they do not have is a failed request. */
export function memoryRemotes(): MemoryRemotes {
  const [pages, images, seen] = [new Map<string, Uint8Array | string>(), new Map<string, Uint8Array | string>(), [] as string[]];
  const missing = (what: string) => new GateError('SOURCE_UNREADABLE', { message: `${what}: HTTP 404` });
  const name = ({ registry, repository }: RemoteRepository) => `${registry}/${repository}`;
  const bytes = (content: Uint8Array | string) => (typeof content === 'string' ? Buffer.from(content) : content);
  const note = (what: string, { insecure }: RemoteOptions) => seen.push(insecure ? `${what} (insecure)` : what);
  return {
    pages,
    images,
    seen,
    async get(url, options) {
      note(url, options);
      const content = pages.get(url);
      if (content === undefined) throw missing(url);
      return bytes(content);
    },
    async manifest(image, reference, options) {
      note(`${name(image)}:${reference}`, options);
      const content = images.get(`${name(image)}:${reference}`);
      return content === undefined ? undefined : { text: String(content), digest: `sha256:${sha256(content)}` };
    },
    async blob(image, digest, options) {
      note(`${name(image)}@${digest}`, options);
      const content = images.get(digest);
      if (content === undefined) throw missing(digest);
      return bytes(content);
    },
    checkout: (url) => Promise.reject(missing(url)),
    async tags(image, options) {
      note(`${name(image)} tags`, options);
      const start = `${name(image)}:`;
      return [...images.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
    },
  };
}

/** Puts a chart under a tag, as `helm push` does. */
export function push({ images }: MemoryRemotes, name: string, archive: Uint8Array): void {
  const digest = `sha256:${sha256(archive)}`;
  images.set(digest, archive);
  const layer = { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', digest, size: archive.length };
  images.set(name, JSON.stringify({ schemaVersion: 2, layers: [layer] }));
}
