import { describe, expect, it } from 'vitest';
import type { CheckRunRequest } from '../../src/ports/ports.ts';
import { type Fault, secondaryLimit } from '../support/github-server/faults.ts';
import { readToken, startGitHub, writeToken } from '../support/github-server/server.ts';
import { pull } from '../support/github-server/state.ts';
import { bench, checkRuns, client, comments, reviews } from './github-bench.ts';

const sha = 'a'.repeat(40);
const listComments = `GET ${comments}`;
const check: CheckRunRequest = {
  name: 'k8s-gate',
  headSha: sha,
  status: 'in_progress',
  externalId: '1/1',
  output: { title: 't', summary: 's', annotations: [] },
};

describe('refusals', () => {
  it.each<[string, Fault]>([
    ['unauthorized', { status: 401, body: { message: 'Bad credentials' } }],
    ['forbidden', { status: 403, body: { message: 'Resource not accessible by integration' } }],
    ['not-found', { status: 404, body: { message: 'Not Found' } }],
    ['gone', { status: 410, body: { message: 'Issues are disabled for this repo' } }],
    ['invalid', { status: 422, body: { message: 'Validation Failed' } }],
    ['unexpected', { status: 418, body: { message: 'teapot' } }],
  ])('is %s, at the first attempt', async (kind, fault) => {
    const { github, server } = await bench();
    server.fail(fault);
    await expect(github.listComments(7)).rejects.toMatchObject({
      ...{ name: 'GitHubError', kind, status: fault.status },
      message: expect.stringMatching(`^could not list the comments of #7: HTTP ${fault.status}: `),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("is forbidden to a fork's token", async () => {
    const { github, shop } = await bench({ token: readToken });
    pull(shop, { number: 7 });
    await expect(github.createComment(7, 'x')).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'could not comment on #7: HTTP 403: Resource not accessible by integration',
    });
    await expect(github.createCheckRun(check)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await github.viewer()).toBe('github-actions[bot]');
  });

  it('is invalid where a comment, a check run or a list of annotations is too long', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7 });
    await expect(github.createComment(7, 'x'.repeat(65_537))).rejects.toMatchObject({ kind: 'invalid' });
    const annotation = { path: 'a', startLine: 1, endLine: 1, level: 'notice', title: 't', message: 'm' } as const;
    const annotations = Array.from({ length: 51 }, () => annotation);
    for (const output of [
      { ...check.output, annotations },
      { ...check.output, text: 'x'.repeat(65_536) },
    ])
      await expect(github.createCheckRun({ ...check, output })).rejects.toMatchObject({ kind: 'invalid', status: 422 });
    expect(shop.checkRuns).toEqual([]);
  });
});

describe('messages', () => {
  it('are one line, without the token and without commands to the runner', async () => {
    const { github, server } = await bench();
    const message = `${'x'.repeat(20)}\n::error::${writeToken}\r##[group]\u001b[31m ${'y'.repeat(10_000)}`;
    server.fail({ status: 422, body: { message } });
    const thrown: unknown = await github.listComments(7).catch((error: unknown) => error);
    const text = thrown instanceof Error ? thrown.message : '';
    expect(text).toContain('***');
    expect(text.length).toBeLessThanOrEqual(400);
    for (const bad of [writeToken, '\n', '\r', '\u001b', '::', '##[']) expect(text).not.toContain(bad);
  });

  it.each([401, 502])('never hold the token, nor what is logged, at %d', async (status) => {
    const { github, server, logged } = await bench();
    server.fail({ status });
    const thrown: unknown = await github.viewer().then(() => github.listComments(7).catch((error: unknown) => error));
    const { inspect } = await import('node:util');
    expect(inspect(thrown, { depth: 10 }) + logged.join()).not.toContain(writeToken.slice(4));
  });

  it('leave out a page of HTML', async () => {
    const { github, server } = await bench();
    server.fail({ status: 404, body: '<html>Unicorn</html>' });
    await expect(github.listComments(7)).rejects.toThrow(/^could not list the comments of #7: HTTP 404$/);
  });
});

describe('invalid answers', () => {
  it.each(['<html>Log in to the hotel</html>', ''])('are unexpected: %j', async (body) => {
    const { github, server } = await bench();
    server.fail({ status: 200, body });
    await expect(github.listComments(7)).rejects.toMatchObject({
      kind: 'unexpected',
      message: expect.stringContaining('not JSON'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('are unexpected at 409, which octokit takes for an empty list', async () => {
    const { github, server } = await bench();
    server.fail({ status: 409, body: { message: 'Git Repository is empty.' } });
    await expect(github.listComments(7)).rejects.toMatchObject({
      kind: 'unexpected',
      message: expect.stringContaining('HTTP 409'),
    });
  });

  it('are unexpected where the JSON is another', async () => {
    const { github, server } = await bench();
    server.fail({ status: 200, body: { some: 'thing' } });
    await expect(github.pullRequest(7)).rejects.toMatchObject({ kind: 'unexpected' });
  });
});

describe('faults', () => {
  it.each<[string, Fault]>([
    ['a 502', { status: 502, body: '<html>' }],
    ['a 500', { status: 500 }],
    ['a broken connection', { how: 'reset' }],
    ['a body that breaks off', { how: 'cut' }],
    ['silence', { how: 'hang' }],
  ])('are tried again after %s, three times', async (_what, fault) => {
    const { github, server, shop } = await bench({ timeoutMs: 1_000 });
    await client(server, []).listComments(7); // the first answer of an operation compiles its schema, which may be slow
    server.state.addComment(shop, 7, 'still here', 'dev');
    server.fail({ ...fault, when: listComments, times: 3 });
    expect(await github.listComments(7)).toMatchObject([{ body: 'still here' }]);
    expect(server.requests).toHaveLength(5);
  });

  it.each<[string, Fault, number | undefined, RegExp]>([
    ['a 503', { status: 503, body: '<html>' }, 503, /HTTP 503$/],
    ['a broken connection', { how: 'reset' }, undefined, /the connection was closed/],
    ['silence', { how: 'hang' }, undefined, /no response within 0.5 s$/],
    ['a drip', { delayMs: 1_500 }, undefined, /no response within 0.5 s$/],
  ])('are unavailable when %s lasts', async (_what, fault, status, message) => {
    const { github, server } = await bench({ timeoutMs: 500 });
    server.fail(fault);
    await expect(github.listComments(7)).rejects.toMatchObject({
      ...{ kind: 'unavailable', status },
      message: expect.stringMatching(message),
    });
    expect(server.requests).toHaveLength(4);
  });

  it('are unavailable where nobody listens', async () => {
    const server = await startGitHub();
    await server.close();
    await expect(client(server, []).listComments(7)).rejects.toMatchObject({
      ...{ kind: 'unavailable', status: undefined },
      message: 'could not list the comments of #7: the connection was refused (ECONNREFUSED)',
    });
  });

  it('do not keep a slow answer from being taken', async () => {
    const { github, server, shop } = await bench();
    server.state.addComment(shop, 7, 'late', 'dev');
    server.fail({ delayMs: 100 });
    expect(await github.listComments(7)).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('on the second page lose nothing', async () => {
    const { github, server, shop } = await bench();
    for (let count = 0; count < 150; count++) server.state.addComment(shop, 7, 'x', 'dev');
    server.fail({ delayMs: 0, times: 1 });
    server.fail({ how: 'cut', times: 1 });
    expect(await github.listComments(7)).toHaveLength(150);
  });
});

describe('a lost answer', () => {
  it.each<Fault>([{ how: 'reset' }, { status: 502 }, { how: 'hang' }])('makes no second check run: %j', async (fault) => {
    const { github, server, shop } = await bench({ timeoutMs: 1_000 });
    server.fail({ ...fault, when: `POST ${checkRuns}`, times: 1, done: true });
    const { id } = await github.createCheckRun(check);
    expect(shop.checkRuns).toMatchObject([{ id }]);
  });

  it('makes no second review', async () => {
    const { github, server, shop } = await bench();
    pull(shop, { number: 7 });
    server.fail({ how: 'reset', when: `POST ${reviews}`, times: 1, done: true });
    await github.createReview(7, { commitSha: sha, body: 'Suggestions', comments: [] });
    expect(shop.reviews).toHaveLength(1);
  });

  it('is distinguished from a lost request, which is sent again', async () => {
    const { github, server, shop } = await bench();
    pull(shop, { number: 7 });
    shop.reviews.push({ id: 1, pull: 7, author: 'dev', body: 'Suggestions', commitSha: sha });
    server.fail({ status: 503, when: `POST ${reviews}`, times: 3 });
    await github.createReview(7, { commitSha: sha, body: 'Suggestions', comments: [] });
    expect(shop.reviews).toHaveLength(2);
  });

  it('may make a second comment, which its writer removes', async () => {
    const { github, server, shop } = await bench();
    pull(shop, { number: 7 });
    server.fail({ how: 'reset', when: `POST ${comments}`, times: 1, done: true });
    await github.createComment(7, 'x');
    expect(shop.comments).toHaveLength(2);
  });
});

describe('limits', () => {
  it.each([403, 429] as const)('of the second kind are waited for, twice at most (%d)', async (status) => {
    const { github, server, logged } = await bench();
    server.fail(secondaryLimit(60, { status, times: 2 }));
    expect(await github.listComments(7)).toEqual([]);
    expect(logged).toContain("GitHub's secondary rate limit is reached; it ends in 60 s, waiting");
    server.fail(secondaryLimit(1, { status }));
    await expect(github.listComments(7)).rejects.toMatchObject({ kind: 'rate-limited', status });
    expect(server.requests).toHaveLength(6);
  });

  it('that hold for longer are not waited for', async () => {
    const { github, server } = await bench();
    server.fail(secondaryLimit(61, {}));
    await expect(github.listComments(7)).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(server.requests).toHaveLength(1);
  });

  it('of the first kind are waited for where they end within a minute', async () => {
    const { github, server, logged } = await bench();
    server.quota.remaining = 0;
    server.quota.reset = Math.floor(Date.now() / 1_000) + 30;
    // The test's seconds are short: the quota is still used up when the client comes back.
    await expect(github.listComments(7)).rejects.toMatchObject({ kind: 'rate-limited', status: 403 });
    expect(server.requests).toHaveLength(3);
    expect(logged.join()).toContain("GitHub's primary rate limit is reached");
  });

  it('of the first kind that last are a failure at once', async () => {
    const { github, server } = await bench();
    server.quota.remaining = 0;
    await expect(github.listComments(7)).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(server.requests).toHaveLength(1);
  });
});
