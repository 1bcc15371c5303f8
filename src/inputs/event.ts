import * as z from 'zod';
import { type Change, type EventName, eventNames, type Previous, type TriggeringRun } from '../model/change.ts';
import { GateError } from '../model/gate-error.ts';
import { once } from '../model/once.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import {
  countTextSchema,
  mergeGroupEventSchema,
  pullRequestEventSchema,
  pushEventSchema,
  refSchema,
  repositorySchema,
  serverUrlSchema,
  shaSchema,
  workflowRunEventSchema,
} from './event-schema.ts';

/** The runner's variables of that name. https://docs.github.com/actions/reference/workflows-and-actions/variables */
export interface EventEnvironment {
  readonly GITHUB_EVENT_NAME?: string | undefined;
  readonly GITHUB_SHA?: string | undefined;
  readonly GITHUB_REF?: string | undefined;
  readonly GITHUB_REPOSITORY?: string | undefined;
  readonly GITHUB_SERVER_URL?: string | undefined;
  readonly GITHUB_RUN_ID?: string | undefined;
  readonly GITHUB_RUN_ATTEMPT?: string | undefined;
  /** Text of the file that GITHUB_EVENT_PATH names. */
  readonly payload?: string | undefined;
}

const environmentSchema = once(() =>
  z.object({
    GITHUB_SHA: shaSchema,
    GITHUB_REF: refSchema,
    GITHUB_REPOSITORY: repositorySchema,
    GITHUB_SERVER_URL: serverUrlSchema,
    GITHUB_RUN_ID: countTextSchema,
    GITHUB_RUN_ATTEMPT: countTextSchema,
  }),
);
type Environment = z.output<ReturnType<typeof environmentSchema>>;
type About = Pick<Change, 'headSha' | 'baseSha' | 'previous' | 'pullRequest' | 'triggeredBy'>;

/**
 * What is judged, from the runner's event. Whether it may be judged this way is `refuseUnsafe`'s question.
 * Throws GateError INPUT_INVALID, never anything else.
 */
export function parseEvent(env: EventEnvironment): Change {
  const event = knownEvent(env.GITHUB_EVENT_NAME);
  const read = parsed(environmentSchema(), env, undefined);
  const runUrl = (id: number): string => `${read.GITHUB_SERVER_URL}/${read.GITHUB_REPOSITORY}/actions/runs/${id}`;
  return {
    event,
    repository: read.GITHUB_REPOSITORY,
    serverUrl: read.GITHUB_SERVER_URL,
    ref: read.GITHUB_REF,
    run: { id: read.GITHUB_RUN_ID, attempt: read.GITHUB_RUN_ATTEMPT, url: runUrl(read.GITHUB_RUN_ID) },
    ...about(event, read, env.payload, runUrl),
  };
}

function about(event: EventName, env: Environment, payload: string | undefined, runUrl: (id: number) => string): About {
  switch (event) {
    case 'pull_request':
    case 'pull_request_target':
      return aboutPullRequest(payload);
    case 'merge_group': {
      const { merge_group: group } = parsedPayload(mergeGroupEventSchema(), payload);
      return { headSha: group.head_sha, baseSha: group.base_sha };
    }
    case 'push':
      return aboutPush(env.GITHUB_REF, payload);
    case 'workflow_run': {
      const triggeredBy = triggeringRun(payload, runUrl);
      return { headSha: triggeredBy.headSha, triggeredBy };
    }
    case 'schedule':
    case 'workflow_dispatch':
      return { headSha: env.GITHUB_SHA, previous: none(`a run by ${event} has no commit to compare with; ${baselineInstead}`) };
  }
}

function aboutPullRequest(payload: string | undefined): About {
  const { action, pull_request: pull } = parsedPayload(pullRequestEventSchema(), payload);
  if (action === 'closed')
    throw new GateError('INPUT_INVALID', {
      message: 'the pull request was closed: there is nothing left to evaluate',
      next: 'Leave out the type `closed` under `on: pull_request: types:`.',
    });
  return {
    headSha: pull.head.sha,
    baseSha: pull.base.sha,
    pullRequest: {
      number: pull.number,
      author: pull.user?.login ?? '',
      fromFork: pull.head.repo?.full_name !== pull.base.repo.full_name,
      baseRef: pull.base.ref,
    },
  };
}

function aboutPush(ref: string, payload: string | undefined): About {
  const push = parsedPayload(pushEventSchema(), payload);
  if (!isZero(push.after)) return { headSha: push.after, previous: beforePush(ref, push) };
  throw new GateError('INPUT_INVALID', {
    message: 'the push deleted a branch or tag: there is nothing left to evaluate',
    next: 'Leave deletions out: give the job `if: github.event.deleted == false`.',
  });
}

const baselineInstead = 'a baseline file accepts existing findings in every run: see k8s-gate baseline --help';

/**
 * The commit before a push, also one that was replaced by force: it is what the branch had. Only for the default branch: whoever may push
 * to another one decides what was there before, and could make a new finding old by pushing twice.
 */
function beforePush(ref: string, { before, after, repository }: z.output<ReturnType<typeof pushEventSchema>>): Previous {
  if (repository === undefined || before === undefined) return none('the event does not name the commit before the push');
  const branch = repository.default_branch;
  if (ref !== `refs/heads/${branch}`)
    return none(`${ref} is not the default branch, ${branch}, so the commit before the push is not trusted; ${baselineInstead}`);
  if (isZero(before)) return none(`the push created ${ref}, so there is no commit before it`);
  if (before === after) return none(`the push did not change ${ref}`);
  return { status: 'known', sha: before };
}

function none(reason: string): Previous {
  return { status: 'none', reason };
}

function isZero(sha: string): boolean {
  return /^0+$/.test(sha);
}

function triggeringRun(payload: string | undefined, runUrl: (id: number) => string): TriggeringRun {
  const { repository, workflow_run: run } = parsedPayload(workflowRunEventSchema(), payload);
  return {
    headSha: run.head_sha,
    ...(run.head_repository && { headRepository: run.head_repository.full_name }),
    ...(run.conclusion && { conclusion: run.conclusion }),
    event: run.event,
    runId: run.id,
    runAttempt: run.run_attempt,
    // Built, not read: the run belongs to the repository that this event was sent to.
    runUrl: runUrl(run.id),
    // A push to a fork's branch lists the pull request it has upstream: a number of another repository.
    pullRequests: run.pull_requests
      .filter((pull) => pull.base.repo.id === repository.id)
      .map((pull) => ({ number: pull.number, headSha: pull.head.sha, baseSha: pull.base.sha })),
  };
}

function knownEvent(name: string | undefined): EventName {
  const known = eventNames.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new GateError('INPUT_INVALID', {
    message: `GITHUB_EVENT_NAME: ${name ? `the event ${JSON.stringify(name.slice(0, 60))} is not supported` : 'is not set'}`,
    expected: `one of ${eventNames.join(', ')}`,
    next: 'Run the gate in a workflow `on: pull_request` (and `merge_group` if you use a merge queue).',
  });
}

function parsedPayload<T>(schema: z.ZodType<T>, text: string | undefined): T {
  return parsed(schema, json(text ?? ''), 'GITHUB_EVENT_PATH');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GateError('INPUT_INVALID', {
      file: 'GITHUB_EVENT_PATH',
      message: text.trim() === '' ? 'the file with the event is missing or empty' : 'the file with the event is not valid JSON',
      next: 'Run the gate as a step of a GitHub Actions job, which writes that file.',
      cause,
    });
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string | undefined): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new GateError('INPUT_INVALID', {
    ...(file !== undefined && { file }),
    message: schemaProblem(result.error, { whole: 'the event' }),
    next: 'Run the gate as a step of a GitHub Actions job, which sets this.',
  });
}
