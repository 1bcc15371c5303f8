import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

interface Release {
  readonly id: number;
  readonly tag_name: string;
  draft: boolean;
  immutable: boolean;
  readonly upload_url: string;
  readonly assets: { readonly name: string; readonly digest: string }[];
}

/** The part of GitHub that a release needs. What comes is noted in `seen`, in order. */
export interface ReleasesServer {
  readonly url: string;
  readonly seen: string[];
  readonly releases: Release[];
  /** Tag -> commit. */
  readonly tags: Map<string, string>;
  /** Answer to each comparison of two commits. */
  compare: string;
  /** The repository's setting. */
  immutable: boolean;
  readonly close: () => void;
}

export async function releasesServer(): Promise<ReleasesServer> {
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const answer = routes(state, request, body);
    state.seen.push(`${request.method} ${request.url}`);
    const allowed = request.headers.authorization === 'Bearer token';
    response.writeHead(allowed ? (answer === undefined ? 404 : 200) : 401, { 'content-type': 'application/json' });
    response.end(answer === null ? '' : JSON.stringify(answer ?? { message: 'Not Found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const close = (): void => void server.close();
  const state: ReleasesServer = { url, seen: [], releases: [], tags: new Map(), compare: 'behind', immutable: true, close };
  return state;
}

/** `null` is an empty answer, undefined none. */
function routes(state: ReleasesServer, { method = '', url = '' }: IncomingMessage, body: Buffer): unknown {
  const call = `${method} ${url.replace('/repos/octo/gate', '')}`;
  const json = (): Record<string, unknown> => JSON.parse(body.toString());
  const byId = (text: string) => state.releases.find(({ id }) => id === Number(text));
  if (call === 'GET ') return { default_branch: 'main' };
  if (call.startsWith('GET /compare/')) return { status: state.compare };
  if (call === 'GET /releases?per_page=100') return state.releases;
  if (call.startsWith('GET /releases/tags/'))
    return state.releases.find(({ tag_name, draft }) => !draft && call.endsWith(`/${tag_name}`));
  if (call === 'POST /releases') {
    const id = state.releases.length + 1;
    const made = { id, tag_name: String(json().tag_name), draft: true, immutable: false, assets: [] };
    const release: Release = { ...made, upload_url: `${state.url}/upload/${id}/assets{?name,label}` };
    state.releases.push(release);
    return release;
  }
  const upload = /^POST \/upload\/(\d+)\/assets\?name=(.+)$/.exec(call);
  if (upload !== null) {
    byId(upload[1] ?? '')?.assets.push({
      name: upload[2] ?? '',
      digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
    });
    return {};
  }
  const one = /^(PATCH|DELETE) \/releases\/(\d+)$/.exec(call);
  const release = byId(one?.[2] ?? '');
  if (release !== undefined && one?.[1] === 'DELETE') {
    state.releases.splice(state.releases.indexOf(release), 1);
    return null;
  }
  if (release !== undefined) return Object.assign(release, { draft: json().draft, immutable: state.immutable });
  if (call.startsWith('GET /commits/')) return { sha: state.tags.get(call.slice('GET /commits/'.length)) };
  if (call.startsWith('GET /git/matching-refs/tags/')) return [...state.tags.keys()].map((tag) => ({ ref: `refs/tags/${tag}` }));
  if (call === 'POST /git/refs') state.tags.set(String(json().ref).replace('refs/tags/', ''), String(json().sha));
  else if (call.startsWith('PATCH /git/refs/tags/'))
    state.tags.set(call.slice('PATCH /git/refs/tags/'.length), String(json().sha));
  else return undefined;
  return {};
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
