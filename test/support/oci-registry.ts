import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Blob } from './oci-image.ts';
import { descriptor } from './oci-image.ts';

/** A registry in this process that people and programs can push to: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
export interface OciRegistry {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** `GET /v2/shop/web/manifests/1`, in the order they came. */
  readonly seen: string[];
  /** Stores a manifest under a tag and its digest, with what it refers to; returns `sha256:…`. */
  push(repository: string, tag: string, manifest: Blob, blobs?: readonly Blob[]): string;
  /** A stored manifest or blob, by tag or digest. */
  get(repository: string, reference: string): Buffer | undefined;
  /** Copies a tag, as whoever may push to both repositories can. */
  copy(from: readonly [repository: string, tag: string], to: readonly [repository: string, tag: string]): void;
  remove(repository: string, tag: string): void;
  /** As it was recorded: nothing is derived. */
  restore(repository: string, reference: string, stored: Stored): void;
  /** Everything that it has, by tag and by digest. */
  contents(): readonly RegistryContent[];
  /** Asked first; true if it has answered. */
  intercept(answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined): void;
  stop(): Promise<void>;
}

export interface RegistryContent {
  readonly repository: string;
  readonly reference: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}
export interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export async function startOciRegistry({ referrers = true } = {}): Promise<OciRegistry> {
  const store = new Map<string, Stored>();
  const uploads = new Map<string, Buffer[]>();
  const seen: string[] = [];
  let first: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (first?.(request, response)) return;
    handle(request, response).catch(() => response.writeHead(500).end());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://registry');
    const [, repository = '', kind, reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    const method = request.method ?? 'GET';
    if (kind === undefined) return end(response, url.pathname === '/v2/' ? 200 : 404);
    if (kind === 'referrers') return referrers ? list(response, repository, reference) : end(response, 404);
    if (kind === 'blobs/uploads')
      return upload(request, response, { repository, id: reference, digest: url.searchParams.get('digest') });
    if (method === 'PUT') {
      const bytes = await bodyOf(request);
      const digest = put(repository, reference, { mediaType: request.headers['content-type'] ?? '', bytes });
      return end(response, 201, { 'docker-content-digest': digest, location: url.pathname });
    }
    const found = store.get(`${repository} ${reference}`);
    if (found === undefined) return end(response, 404);
    const headers = {
      'content-type': found.mediaType,
      'content-length': found.bytes.length,
      'docker-content-digest': digestOf(found.bytes),
    };
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : found.bytes);
  }

  async function upload(
    request: IncomingMessage,
    response: ServerResponse,
    { repository, id, digest }: { readonly repository: string; readonly id: string; readonly digest: string | null },
  ): Promise<void> {
    const name = id === '' ? randomUUID() : id;
    const chunks = [...(uploads.get(name) ?? []), await bodyOf(request)];
    uploads.set(name, chunks);
    const location = `/v2/${repository}/blobs/uploads/${name}`;
    if (digest === null) return end(response, 202, { location, range: `0-${Buffer.concat(chunks).length}` });
    const bytes = Buffer.concat(chunks);
    if (digestOf(bytes) !== digest) return end(response, 400);
    put(repository, digest, { mediaType: 'application/octet-stream', bytes });
    end(response, 201, { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest });
  }

  function put(repository: string, reference: string, stored: Stored): string {
    const digest = digestOf(stored.bytes);
    store.set(`${repository} ${reference}`, stored);
    store.set(`${repository} ${digest}`, stored);
    return digest;
  }

  function list(response: ServerResponse, repository: string, digest: string): void {
    const found = new Map<string, object>();
    for (const [name, { bytes }] of store) {
      if (!name.startsWith(`${repository} `) || bytes.length > 1_000_000 || !bytes.includes('"subject"')) continue;
      const manifest = JSON.parse(bytes.toString('utf8'));
      if (manifest.subject?.digest !== digest) continue;
      const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
      const entry = { ...descriptor({ mediaType: manifest.mediaType, digest: digestOf(bytes), bytes }), artifactType };
      found.set(digestOf(bytes), entry);
    }
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [...found.values()] };
    response.writeHead(200, { 'content-type': index.mediaType }).end(JSON.stringify(index));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    seen,
    push(repository, tag, manifest, blobs = []) {
      for (const one of blobs) put(repository, one.digest, { mediaType: one.mediaType, bytes: one.bytes });
      return put(repository, tag, { mediaType: manifest.mediaType, bytes: manifest.bytes });
    },
    get: (repository, reference) => store.get(`${repository} ${reference}`)?.bytes,
    copy([from, tag], [to, name]) {
      const found = store.get(`${from} ${tag}`);
      if (found === undefined) throw new Error(`${from}:${tag} was not pushed`);
      for (const [key, stored] of [...store])
        if (key.startsWith(`${from} sha256:`)) store.set(`${to}${key.slice(from.length)}`, stored);
      put(to, name, found);
    },
    remove: (repository, tag) => void store.delete(`${repository} ${tag}`),
    restore: (repository, reference, stored) => void store.set(`${repository} ${reference}`, stored),
    contents: () =>
      [...store].map(([name, stored]) => {
        const [repository = '', reference = ''] = name.split(' ');
        return { repository, reference, ...stored };
      }),
    intercept(answer) {
      first = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-length': 0, ...headers }).end();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
