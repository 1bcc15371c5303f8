import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface RegistryServer {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** `HEAD /v2/shop/web/manifests/1`, in the order they came. */
  readonly seen: string[];
  /** Keeps a manifest under a tag and its digest; answers with the digest. */
  put(name: string, manifest: object): string;
  /** Asked first; true where it has answered. */
  intercept(answer: Answer | undefined): void;
  stop(): Promise<void>;
}

/** Manifests of a registry in this process, behind a password where one is given. */
export async function startRegistryServer(login?: {
  readonly username: string;
  readonly password: string;
}): Promise<RegistryServer> {
  const manifests = new Map<string, string>();
  const seen: string[] = [];
  let first: Answer | undefined;
  const expected = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (first?.(request, response)) return;
    if (expected !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
      return;
    }
    const [, repository, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(request.url ?? '') ?? [];
    const body = manifests.get(`${repository}:${tag}`);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'docker-content-digest': digestOf(body) }).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    seen,
    put(name, manifest) {
      const body = JSON.stringify(manifest);
      manifests.set(name, body);
      manifests.set(`${name.replace(/:[^:]*$/, '')}:${digestOf(body)}`, body);
      return digestOf(body);
    },
    intercept(answer) {
      first = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
