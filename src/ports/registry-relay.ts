import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseJson } from '../model/attempt.ts';
import { discard, type HttpAnswer, readBody } from './http-send.ts';
import { lend } from './lent-credentials.ts';
import type { Offer, OfferedImage, PullProblem, Relay, RelayOptions } from './ports.ts';
import type { Pull } from './registry-client.ts';
import { PrivateHostError } from './registry-reach.ts';
import { isHopeless, whyNot } from './system-error.ts';

/** The limit of go-containerregistry. */
const maxManifestBytes = 4 * 1024 * 1024;
const codes: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 404: 'NOT_FOUND', 429: 'TOOMANYREQUESTS' };
/** A status that go-containerregistry does not retry. */
const given = 424;

interface Entry {
  readonly image: OfferedImage;
  problem: PullProblem | undefined;
}

/**
 * A registry on this machine that has the offered images only, for a process that must not pull images on its own: it would follow each
 * redirect, realm and layer address that a registry sends. Every request is passed on through `pull`, which checks each hop.
 */
export async function startRelay(pull: (pull: Pull) => Promise<HttpAnswer>, options: RelayOptions): Promise<Relay> {
  const login = { username: 'k8s-gate', password: randomBytes(24).toString('hex') };
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const entries = new Map<string, Entry>();
  const server = createServer((request, response) => {
    // Every process on this machine can connect; images are for those that have the password.
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="k8s-gate"' }).end();
      return;
    }
    answer(request, response, { entries, pull, options }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const host = `127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
  return {
    async offer(image, below): Promise<Offer> {
      const id = String(entries.size + 1);
      const entry: Entry = { image, problem: undefined };
      entries.set(id, entry);
      const lent = await lend(host, login, below);
      const name = `${host}/${id}/${image.repository}`;
      return {
        ...lent,
        reference: `${name}${image.version}`,
        repository: name,
        conceal: (text) =>
          lent
            .conceal(text)
            .replaceAll(`${host}/v2/${id}/`, `${image.registry}/v2/`)
            .replaceAll(`${host}/${id}/`, `${image.registry}/`),
        problem: () => entry.problem,
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Within {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly pull: (pull: Pull) => Promise<HttpAnswer>;
  readonly options: RelayOptions;
}

async function answer(request: IncomingMessage, response: ServerResponse, { entries, pull, options }: Within): Promise<void> {
  if (request.url === '/v2/') return void response.writeHead(200).end('{}');
  const [, id = '', repository, kind, name] =
    /^\/v2\/(\d+)\/([^?#]+)\/(manifests|blobs)\/([\w.:+-]+)$/.exec(request.url ?? '') ?? [];
  const entry = entries.get(id);
  const { method } = request;
  if (entry === undefined || repository !== entry.image.repository || (method !== 'GET' && method !== 'HEAD'))
    return refuse(response, 404);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { image } = entry;
  const { accept } = request.headers;
  const known = { registry: image.registry, repository: image.repository, insecure: image.insecure };
  try {
    const { credentials, named } = options;
    const signal = AbortSignal.any([options.signal, gone.signal]);
    const upstream = await pull({
      ...known,
      credentials,
      named,
      signal,
      method,
      path: `${kind}/${name}`,
      ...(accept !== undefined && { accept }),
    });
    if (upstream.statusCode !== 200) {
      discard(upstream);
      return refuse(response, upstream.statusCode);
    }
    await passOn(upstream, response, { manifest: kind === 'manifests', body: method === 'GET' });
    // An interrupted answer may succeed the next time; a refused host stays refused.
    if (entry.problem?.kind === 'unreachable') entry.problem = undefined;
  } catch (thrown) {
    if (gone.signal.aborted) return;
    const problem = problemOf(thrown);
    if (entry.problem === undefined || entry.problem.kind === 'unreachable') entry.problem = problem;
    if (response.headersSent) response.destroy();
    else refuse(response, problem.kind !== 'unreachable' || isHopeless(thrown) ? given : 502);
  }
}

function problemOf(thrown: unknown): PullProblem {
  if (thrown instanceof PrivateHostError) return { kind: 'refused', ...thrown.refused };
  return { kind: thrown instanceof ForeignLayers ? 'unreadable' : 'unreachable', why: whyNot(thrown) };
}

/** Never with the registry's own body, which only whoever requested the image may see. */
function refuse(response: ServerResponse, status: number): void {
  const honest = status >= 400 && status <= 599 ? status : given;
  const body = { errors: [{ code: codes[status] ?? 'UNAVAILABLE', message: `the registry answered with status ${status}` }] };
  response.writeHead(honest, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function passOn(
  upstream: HttpAnswer,
  response: ServerResponse,
  wanted: { readonly manifest: boolean; readonly body: boolean },
): Promise<void> {
  const kept = ['content-type', 'content-length', 'docker-content-digest'] as const;
  const headers = Object.fromEntries(
    kept.flatMap((name) => (upstream.headers[name] === undefined ? [] : [[name, upstream.headers[name]]])),
  );
  if (!wanted.body) {
    discard(upstream);
    response.writeHead(200, headers).end();
  } else if (wanted.manifest) {
    const manifest = await readBody(upstream, maxManifestBytes);
    requireOwnLayers(manifest.toString('utf8'));
    response.writeHead(200, { ...headers, 'content-length': manifest.length }).end(manifest);
  } else {
    response.writeHead(200, headers);
    await pipeline(upstream.body, response);
  }
}

/**
 * A descriptor may name other places to fetch it from (`urls`: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md), and a
 * client fetches from there on its own. Only base layers of old Windows images have them. Go reads keys in any case, and twice the same one, so that
 * the text is searched and not what JSON.parse leaves of it.
 */
function requireOwnLayers(text: string): void {
  for (const [, key = '', colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)) {
    if (colon !== undefined && /^urls$/iu.test(String(parseJson(key) ?? key))) throw new ForeignLayers();
  }
}

class ForeignLayers extends Error {
  constructor() {
    super('its manifest names layers outside of its registry (`urls`), which are not fetched');
  }
}
