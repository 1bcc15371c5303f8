import type { ApiAnswer } from './api.ts';
import { Refusal } from './api.ts';
import type { Quota } from './faults.ts';
import { operation } from './openapi.ts';
import { match } from './routes.ts';
import { complete } from './sample.ts';
import type { GitHubState } from './state.ts';
import { requestProblems, responseProblems } from './validate.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without the prefix of an Enterprise Server; with its query. */
  readonly url: URL;
  readonly authorization: string | undefined;
  /** Parsed JSON; undefined: none. */
  readonly body: unknown;
}
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
export interface World {
  readonly state: GitHubState;
  readonly quota: Quota;
  /** Problems with requests (the client's) and with answers (the fake's). */
  readonly violations: string[];
}

/** `POST /repos/{owner}/{repo}/check-runs`; `GET /unknown` where the fake has no such operation. */
export function operationName(method: string, pathname: string): string {
  return match(method, pathname)?.name ?? `${method} ${pathname}`;
}

export function answer(world: World, request: HttpRequest): HttpAnswer {
  const headers = { ...world.quota.headers() };
  try {
    if (!world.quota.spend()) throw new Refusal(403, 'API rate limit exceeded for installation ID 1.');
    const { status, body, link } = perform(world, request);
    return { status, headers: { ...world.quota.headers(), ...(link === undefined ? {} : { link }) }, body };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const errors = thrown.errors === undefined ? {} : { errors: thrown.errors };
    return {
      status: thrown.status,
      headers,
      body: { message: thrown.message, ...errors, documentation_url: 'https://docs.github.com/rest' },
    };
  }
}

function perform({ state, violations }: World, { method, url, authorization, body }: HttpRequest): ApiAnswer & { link?: string } {
  const token = state.tokens.get((authorization ?? '').replace(/^(token|bearer) /i, ''));
  if (token === undefined) throw new Refusal(401, 'Bad credentials');
  const refuse = (problems: readonly string[]): void => {
    if (problems.length === 0) return;
    violations.push(...problems);
    // 501, not 500: nobody is to mistake it for a fault that a test made.
    throw new Refusal(501, `the fake GitHub refuses: ${problems.join('; ')}`);
  };
  if (url.pathname === '/graphql') {
    const query = typeof body === 'object' && body !== null && 'query' in body ? String(body.query).replace(/\s+/g, ' ') : '';
    if (method !== 'POST' || query !== '{ viewer { login } }') refuse([`${method} /graphql: ${query}`]);
    return { status: 200, body: { data: { viewer: { login: token.login } } } };
  }
  const matched = match(method, url.pathname);
  if (matched === undefined) {
    refuse([`${method} ${url.pathname}: not in the fake`]);
    throw new Refusal(404, 'Not Found');
  }
  const known = operation(matched.name);
  const query = Object.fromEntries(url.searchParams);
  refuse(requestProblems(known, { path: matched.path, query, body }));
  const repository = state.repositories.get(`${matched.path.owner}/${matched.path.repo}`);
  if (repository === undefined) throw new Refusal(404, 'Not Found');
  const { needs } = matched.route;
  if (needs?.some((permission) => token.write.includes(permission)) === false)
    throw new Refusal(403, 'Resource not accessible by integration');
  const sent = typeof body === 'object' && body !== null ? { ...body } : {};
  const full = matched.route.answer({ state, repository, login: token.login, path: matched.path, query, body: sent });
  const { page, link } = paginate(full, url);
  const schema = known.response(full.status);
  const shown = page === undefined ? undefined : schema === undefined ? page : complete(schema, page);
  refuse(responseProblems(known, full.status, shown));
  return { status: full.status, body: shown, ...(link === undefined ? {} : { link }) };
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function paginate({ body, paged }: ApiAnswer, url: URL): { readonly page: unknown; readonly link?: string } {
  const holder = paged === undefined || typeof body !== 'object' || body === null ? undefined : { ...body };
  const list = holder === undefined ? body : Reflect.get(holder, paged ?? '');
  if (!Array.isArray(list)) return { page: body };
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
  const number = Number(url.searchParams.get('page') ?? 1);
  const slice = list.slice((number - 1) * size, number * size);
  const page = holder === undefined ? slice : { ...holder, [paged ?? '']: slice };
  const last = Math.max(1, Math.ceil(list.length / size));
  if (number >= last) return { page };
  const to = (target: number): string => {
    const address = new URL(url);
    address.searchParams.set('page', String(target));
    return address.href;
  };
  return { page, link: `<${to(number + 1)}>; rel="next", <${to(last)}>; rel="last"` };
}
