import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, type HttpAnswer, operationName } from './answer.ts';
import { type Fault, Faults, Quota } from './faults.ts';
import { GitHubState } from './state.ts';

export interface GitHubServer {
  /** For GITHUB_API_URL. */
  readonly url: string;
  readonly state: GitHubState;
  readonly quota: Quota;
  /** What was wrong with requests, by GitHub's OpenAPI description, or with the fake's answers. Tests expect none. */
  readonly violations: readonly string[];
  /** Every request in order, faults included. */
  readonly requests: readonly SeenRequest[];
  fail(fault: Fault): void;
  close(): Promise<void>;
}
export interface SeenRequest {
  /** `POST /repos/{owner}/{repo}/check-runs` */
  readonly operation: string;
  /** As sent, with prefix and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A token that may write everything, and one as a fork's run gets it. Both are the job's own. */
export const writeToken = 'ghs_writeToken0123456789';
export const readToken = 'ghs_readToken0123456789';
const login = 'github-actions[bot]';

/**
 * A GitHub on this machine, with the repository octo/shop.
 * @param options.enterprise The REST API is below /api/v3 and GraphQL at /api/graphql, as on an Enterprise Server.
 */
export async function startGitHub(options: { readonly enterprise?: boolean } = {}): Promise<GitHubServer> {
  const state = new GitHubState();
  state.tokens.set(writeToken, { login, write: ['issues', 'pull-requests', 'checks', 'security-events'] });
  state.tokens.set(readToken, { login, write: [] });
  state.addRepository('octo/shop');
  const [faults, quota] = [new Faults(), new Quota()];
  const violations: string[] = [];
  const requests: SeenRequest[] = [];
  const rest = options.enterprise === true ? '/api/v3' : '';

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const body = parse(await read(request));
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const stored = state.storage.get(url.pathname);
    if (stored !== undefined) {
      requests.push({ operation: 'storage', url: request.url ?? '', headers: request.headers, body });
      const { status = 200, location, bytes } = stored;
      response.writeHead(status, location === undefined ? {} : { location }).end(bytes);
      return;
    }
    const graphql = url.pathname === (rest === '' ? '/graphql' : '/api/graphql');
    const pathname = graphql ? '/graphql' : url.pathname.startsWith(`${rest}/`) ? url.pathname.slice(rest.length) : '/outside';
    const operation = operationName(method, pathname);
    requests.push({ operation, url: request.url ?? '', headers: request.headers, body });
    const work = (): HttpAnswer => {
      const inner = new URL(url);
      inner.pathname = pathname;
      const given = answer(
        { state, quota, violations },
        { method, url: inner, authorization: request.headers.authorization, body },
      );
      const { link } = given.headers;
      if (link === undefined) return given;
      return { ...given, headers: { ...given.headers, link: link.replaceAll(inner.origin, `${inner.origin}${rest}`) } };
    };
    const fault = faults.take(operation);
    if (fault === undefined) return send(response, work());
    return misbehave(response, fault, fault.done === true || isSlowOnly(fault) ? work() : undefined);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      violations.push(`the fake GitHub broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}${rest}`,
    ...{ state, quota, violations, requests },
    fail: (fault) => faults.add(fault),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const isSlowOnly = ({ how, status }: Fault): boolean => how === undefined && status === undefined;

async function misbehave(response: ServerResponse, fault: Fault, done: HttpAnswer | undefined): Promise<void> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault.how === 'hang') return;
  if (fault.how === 'reset') return void response.destroy();
  if (fault.how === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': '1000' });
    response.write('[{"id":');
    return void setTimeout(() => response.destroy(), 20);
  }
  if (fault.status === undefined && done !== undefined) return send(response, done);
  send(response, { status: fault.status ?? 500, headers: fault.headers ?? {}, body: fault.body ?? { message: 'Server Error' } });
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const html = typeof body === 'string';
  response.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : html ? body : JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}
