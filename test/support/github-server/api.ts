import type { GitHubState, Permission, Repository } from './state.ts';

export interface ApiRequest {
  readonly state: GitHubState;
  readonly repository: Repository;
  /** Login of the token. */
  readonly login: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Valid by GitHub's description. */
  readonly body: Readonly<Record<string, unknown>>;
}
export interface ApiAnswer {
  readonly status: number;
  /** Fields that matter; the rest is filled in by the schema. An array is cut into pages, or the array in `paged` of an object. */
  readonly body?: unknown;
  readonly paged?: string;
}
export interface Route {
  /** One of these, where it writes. */
  readonly needs?: readonly Permission[];
  readonly answer: (request: ApiRequest) => ApiAnswer;
}
export type Routes = Readonly<Record<string, Route>>;

/** GitHub refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;

  constructor(status: number, message: string, errors?: readonly unknown[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** https://github.com/orgs/community/discussions/27190 */
export function checkBody(body: unknown): string {
  const text = String(body ?? '');
  const message = 'body is too long (maximum is 65536 characters)';
  if (text.length > 65_536)
    throw new Refusal(422, 'Validation Failed', [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message }]);
  return text;
}

export const user = (login: string | undefined): object | null =>
  login === undefined ? null : { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
