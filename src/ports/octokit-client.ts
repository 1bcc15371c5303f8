import { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { GitHubError } from '../model/github-error.ts';
import type { Log } from './ports.ts';

export type Octokit = ReturnType<typeof getOctokit>;
type OctokitOptions = NonNullable<Parameters<typeof getOctokit>[1]>;
type OctokitPlugin = NonNullable<Parameters<typeof getOctokit>[2]>;

export interface OctokitSettings {
  readonly token: string;
  /** GITHUB_API_URL: `https://api.github.com`, `https://ghe.example/api/v3`. GraphQL is at `/api/graphql` there, which octokit knows. */
  readonly apiUrl: string;
  readonly userAgent: string;
  readonly log: Log;
  readonly timing?: Timing;
}
export interface Timing {
  /** Of one request with its answer. */
  readonly timeoutMs: number;
  /** The length of a second in pauses between attempts, and in those that GitHub asks for. */
  readonly secondMs: number;
  /** Replaces the pacing of writes: one per second, one in three seconds if people are notified, as GitHub asks for. */
  readonly pacing?: Pick<NonNullable<OctokitOptions['throttle']>, 'write' | 'notifications'>;
}
export const defaultTiming: Timing = { timeoutMs: 30_000, secondMs: 1_000 };

/** A job costs money while it waits: a longer limit is a failure. */
const longestWaitS = 60;
const waitsForLimit = 2;
const clientErrors = Array.from({ length: 100 }, (_, index) => 400 + index);

let clients = 0;

/**
 * octokit with retries: 5xx, timeouts and broken connections three times, after 1, 4 and 9 s; limits as long as GitHub asks, within reason;
 * no other 4xx. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
export function createOctokit({ token, apiUrl, userAgent, log, timing = defaultTiming }: OctokitSettings): Octokit {
  const mayWait = (limit: string, extraS: number) => (seconds: number, _options: object, _octokit: object, waits: number) => {
    const wait = seconds <= longestWaitS + extraS && waits < waitsForLimit;
    log.info(`GitHub's ${limit} rate limit is reached; it ends in ${seconds} s${wait ? ', waiting' : ''}`);
    return wait;
  };
  const options: OctokitOptions = {
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent,
    log: quiet(log),
    retry: { doNotRetry: clientErrors, retries: 3, retryAfterBaseValue: timing.secondMs },
    throttle: {
      // The plugin shares its queues among all clients with the same id.
      id: `k8s-gate-${++clients}`,
      retryAfterBaseValue: timing.secondMs,
      onRateLimit: mayWait('primary', 1), // the plugin adds a second
      onSecondaryRateLimit: mayWait('secondary', 0),
      ...timing.pacing,
    },
  };
  // The first plugin is the innermost: its deadline is for one attempt.
  return getOctokit(token, options, attempt(timing.timeoutMs, log), retry, throttling);
}

/** One attempt: with a deadline, the whole answer read, and only JSON accepted. */
function attempt(timeoutMs: number, log: Log): OctokitPlugin {
  return (octokit) => {
    const send: typeof fetch = octokit.request.endpoint.DEFAULTS.request?.fetch ?? fetch; // @actions/github's own, which knows proxies
    const whole: typeof fetch = async (input, init) => {
      const answer = await send(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      if ([204, 205, 304].includes(answer.status)) return answer;
      // octokit reads an interrupted body as an empty one, and pagination reads that as an empty list.
      const { status, headers } = answer;
      return new Response(await answer.arrayBuffer(), { status, headers: [...headers] });
    };
    octokit.hook.wrap('request', async (request, options) => {
      // Changed in place: a hook's copy of the options goes nowhere (before-after-hook binds the first ones).
      options.headers['x-github-api-version'] = '2022-11-28';
      Object.assign(options.request, { fetch: whole, log: quiet(log) });
      const answer = await Promise.resolve(request(options)).catch(refuseConflict);
      if (answer.status === 204 || (typeof answer.data === 'object' && answer.data !== null)) return answer;
      throw new GitHubError('unexpected', `HTTP ${answer.status} with a body that is not JSON; the page of a proxy?`, {
        status: answer.status,
      });
    });
    return {};
  };
}

/** octokit's pagination reads an error with the status 409 as an empty list. */
function refuseConflict(thrown: unknown): never {
  if (thrown instanceof Error && 'status' in thrown && thrown.status === 409) throw new GitHubError('unexpected', 'HTTP 409');
  throw thrown;
}

/** Without a log, octokit warns on the console, with text from outside. */
function quiet(log: Log): Record<'debug' | 'info' | 'warn' | 'error', (text: string) => void> {
  const debug = (text: string): void => log.debug(text);
  return { debug, info: debug, warn: debug, error: debug };
}
