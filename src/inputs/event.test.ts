import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import { eventNames } from '../model/change.ts';
import { GateError } from '../model/gate-error.ts';
import { type EventEnvironment, parseEvent } from './event.ts';

const [head, base, zeros] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)];
const repo = { full_name: 'octo/shop' };
const pull = {
  number: 7,
  user: { login: 'dev' },
  head: { sha: head, repo },
  base: { sha: base, ref: 'main', repo },
};
const finishedRun = {
  id: 99,
  head_sha: head,
  head_repository: { full_name: 'stranger/shop' },
  event: 'pull_request',
  conclusion: 'success',
  pull_requests: [{ number: 7, head: { sha: head }, base: { sha: base, repo: { id: 1 } } }],
};

function env(event: string, payload: unknown, extra: Partial<EventEnvironment> = {}): EventEnvironment {
  return {
    GITHUB_EVENT_NAME: event,
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '2',
    payload: JSON.stringify(payload),
    ...extra,
  };
}
const pullRequest = (change: object = {}, action = 'opened') =>
  env('pull_request', { action, pull_request: { ...pull, ...change } });
const workflowRun = (change: object = {}, action = 'completed') =>
  env('workflow_run', { action, repository: { id: 1 }, workflow_run: { ...finishedRun, ...change } });

function refusal(environment: EventEnvironment): string {
  try {
    parseEvent(environment);
  } catch (thrown) {
    if (thrown instanceof GateError && thrown.code === 'INPUT_INVALID') return thrown.message;
    throw thrown;
  }
  throw new Error('was not refused');
}

describe('parseEvent', () => {
  it('reads a pull request', () => {
    expect(parseEvent(pullRequest())).toEqual({
      event: 'pull_request',
      repository: 'octo/shop',
      serverUrl: 'https://github.example',
      ref: 'refs/pull/7/merge',
      headSha: head,
      baseSha: base,
      pullRequest: { number: 7, author: 'dev', fromFork: false, baseRef: 'main' },
      run: { id: 4711, attempt: 2, url: 'https://github.example/octo/shop/actions/runs/4711' },
    });
  });

  it('knows a fork by its repository', () => {
    const fork = { head: { sha: head, repo: { full_name: 'stranger/shop' } } };
    expect(parseEvent(pullRequest(fork)).pullRequest?.fromFork).toBe(true);
  });

  it('takes a head repository that is gone for a fork', () => {
    expect(parseEvent(pullRequest({ head: { sha: head, repo: null } })).pullRequest?.fromFork).toBe(true);
  });

  it('takes a pull request whose author is gone', () => {
    expect(parseEvent(pullRequest({ user: null })).pullRequest?.author).toBe('');
  });

  it('refuses a closed pull request', () => {
    expect(refusal(pullRequest({}, 'closed'))).toContain('Leave out the type `closed`');
  });

  it('reads pull_request_target, for refuseUnsafe to refuse', () => {
    const change = parseEvent({ ...pullRequest(), GITHUB_EVENT_NAME: 'pull_request_target' });
    expect(change).toMatchObject({ event: 'pull_request_target', headSha: head, baseSha: base });
  });

  it('reads a merge group, which has no pull request', () => {
    const change = parseEvent(
      env('merge_group', { action: 'checks_requested', merge_group: { head_sha: head, base_sha: base } }),
    );
    expect(change).toMatchObject({ headSha: head, baseSha: base });
    expect(change).not.toHaveProperty('pullRequest');
  });

  it('refuses a merge group that was destroyed', () => {
    const payload = { action: 'destroyed', merge_group: { head_sha: head, base_sha: base } };
    expect(refusal(env('merge_group', payload))).toContain('checks_requested');
  });

  it('reads a push, which has no base', () => {
    const change = parseEvent(env('push', { before: base, after: head }, { GITHUB_REF: 'refs/heads/main' }));
    expect(change).toMatchObject({ headSha: head, ref: 'refs/heads/main' });
    expect(change).not.toHaveProperty('baseSha');
  });

  describe('compares a push', () => {
    const push = (payload: object, ref = 'refs/heads/main') =>
      parseEvent(
        env('push', { before: base, after: head, repository: { default_branch: 'main' }, ...payload }, { GITHUB_REF: ref }),
      ).previous;

    it('to the default branch with the commit before it', () => {
      expect(push({})).toEqual({ status: 'known', sha: base });
      expect(push({ forced: true })).toEqual({ status: 'known', sha: base });
    });

    it.each<[string, object, string, string]>([
      ['to another branch', {}, 'refs/heads/change', 'refs/heads/change is not the default branch, main'],
      ['of a tag named as the branch', {}, 'refs/tags/main', 'refs/tags/main is not the default branch, main'],
      ['that creates the branch', { before: zeros }, 'refs/heads/main', 'the push created refs/heads/main'],
      ['that changes nothing', { before: head }, 'refs/heads/main', 'the push did not change refs/heads/main'],
      ['without a default branch', { repository: undefined }, 'refs/heads/main', 'does not name the commit'],
      ['without the commit before it', { before: undefined }, 'refs/heads/main', 'does not name the commit'],
    ])('with nothing: %s', (_what, payload, ref, reason) => {
      expect(push(payload, ref)).toEqual({ status: 'none', reason: expect.stringContaining(reason) });
    });

    it('and no schedule', () => {
      expect(parseEvent(env('schedule', {}, { GITHUB_REF: 'refs/heads/main' })).previous).toMatchObject({ status: 'none' });
    });
  });

  it('refuses the push that deleted a branch', () => {
    expect(refusal(env('push', { before: head, after: zeros }))).toContain('if: github.event.deleted == false');
  });

  it.each(['schedule', 'workflow_dispatch'])('takes the commit of the job under %s', (event) => {
    expect(parseEvent(env(event, {}))).toMatchObject({ event, headSha: 'c'.repeat(40) });
  });

  it('reads the run that a workflow_run is about', () => {
    expect(parseEvent(workflowRun())).toMatchObject({
      headSha: head,
      triggeredBy: {
        headSha: head,
        headRepository: 'stranger/shop',
        conclusion: 'success',
        event: 'pull_request',
        runId: 99,
        runUrl: 'https://github.example/octo/shop/actions/runs/99',
        pullRequests: [{ number: 7, headSha: head, baseSha: base }],
      },
    });
  });

  it('leaves out pull requests of other repositories', () => {
    const upstream = { number: 7, head: { sha: head }, base: { sha: base, repo: { id: 2 } } };
    expect(parseEvent(workflowRun({ pull_requests: [upstream] })).triggeredBy?.pullRequests).toEqual([]);
  });

  it('refuses a run that has not completed', () => {
    expect(refusal(workflowRun({}, 'requested'))).toContain('types: [completed]');
  });

  it.each(['issue_comment', 'release', 'repository_dispatch', 'pull_request_review', 'toString', ''])(
    'refuses the event %j and names those it knows',
    (event) => {
      expect(refusal(env(event, {}))).toContain(eventNames.join(', '));
    },
  );

  it('names the event it refuses', () => {
    expect(refusal(env('issue_comment', {}))).toContain('"issue_comment"');
  });

  it.each([
    ['no payload', { ...pullRequest(), payload: undefined }, 'GITHUB_EVENT_PATH: the file with the event is missing'],
    ['a broken payload', { ...pullRequest(), payload: '{' }, 'GITHUB_EVENT_PATH: the file with the event is not valid JSON'],
    ['no base', pullRequest({ base: undefined }), 'GITHUB_EVENT_PATH: `pull_request.base` is missing'],
    ['no commit', env('push', {}), 'GITHUB_EVENT_PATH: `after` is missing'],
    ['no run', { ...pullRequest(), GITHUB_RUN_ID: undefined }, '`GITHUB_RUN_ID` is missing'],
  ])('names the file and field where there is %s', (_, environment, text) => {
    expect(refusal(environment)).toContain(text);
  });

  it('takes a SHA-256 commit, in lower case', () => {
    expect(parseEvent(env('push', { after: 'AB'.repeat(32) })).headSha).toBe('ab'.repeat(32));
  });

  it('removes the slash at the end of the server', () => {
    expect(parseEvent({ ...pullRequest(), GITHUB_SERVER_URL: 'http://ghe.example:8080/' }).serverUrl).toBe(
      'http://ghe.example:8080',
    );
  });

  it.each([
    ['an option for a SHA', env('push', { after: '--upload-pack=x' })],
    ['a short SHA', env('push', { after: 'abc1234' })],
    ['a SHA with a line after it', env('push', { after: `${head}\n` })],
    ['an option for the head', pullRequest({ head: { sha: '--upload-pack=x', repo } })],
    ['an option for the base branch', pullRequest({ base: { ...pull.base, ref: '--exec=x' } })],
    ['a repository with a way out', { ...pullRequest(), GITHUB_REPOSITORY: 'a/b/../../c' }],
    ['a repository named ..', { ...pullRequest(), GITHUB_REPOSITORY: 'a/..' }],
    ['a repository with a query', { ...pullRequest(), GITHUB_REPOSITORY: 'a/b?c' }],
    ['a run of another path', workflowRun({ id: '1/../2' })],
    ['a head repository with a way out', workflowRun({ head_repository: { full_name: '../x' } })],
    ['a server with a user', { ...pullRequest(), GITHUB_SERVER_URL: 'https://evil@x' }],
    ['a server with a path', { ...pullRequest(), GITHUB_SERVER_URL: 'https://x/y' }],
    ['a server with a backslash', { ...pullRequest(), GITHUB_SERVER_URL: 'https://x\\@y' }],
    ['a script for a server', { ...pullRequest(), GITHUB_SERVER_URL: 'javascript:alert(1)' }],
    ['a ref with a command', { ...pullRequest(), GITHUB_REF: 'refs/heads/a\n::warning::b' }],
    ['a negative number', pullRequest({ number: -1 })],
  ])('refuses %s', (_, environment) => {
    expect(refusal(environment)).not.toBe('');
  });

  it('throws nothing but GateError, whatever the payload is', () => {
    const anything = fc.oneof(fc.json(), fc.string());
    holds(
      fc.property(fc.constantFrom(...eventNames), anything, (event, payload) => {
        try {
          parseEvent({ ...env(event, {}), payload });
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GateError);
        }
      }),
      500,
    );
  });

  it('throws nothing but GateError where a field is something else', () => {
    const wrong = fc.tuple(fc.constantFrom('number', 'user', 'head', 'base'), fc.jsonValue());
    holds(
      fc.property(wrong, ([field, value]) => {
        try {
          parseEvent(pullRequest({ [field]: value }));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GateError);
        }
      }),
      300,
    );
  });
});
