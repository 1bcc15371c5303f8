import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitHubServer, startGitHub, writeToken } from './server.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGitHub();
});
afterEach(() => server.close());

const call = (route: string, body?: object, token = writeToken): Promise<Response> => {
  const [method = '', path = ''] = route.split(' ');
  const headers = { authorization: `token ${token}` };
  return fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
};

it.each<[string, object | undefined, string]>([
  ['POST /repos/octo/shop/check-runs', { name: 'gate' }, "must have required property 'head_sha'"],
  ['POST /repos/octo/shop/check-runs', { name: 'gate', head_sha: 'a', headSha: 'a' }, '"additionalProperty":"headSha"'],
  ['POST /repos/octo/shop/check-runs', { name: 'gate', head_sha: 'a', status: 'done' }, 'must be equal to one of the allowed'],
  ['POST /repos/octo/shop/check-runs', undefined, 'no body'],
  ['GET /repos/octo/shop/pulls?state=opened', undefined, 'must be equal to one of the allowed'],
  ['GET /repos/octo/shop/pulls?perPage=100', undefined, '"additionalProperty":"perPage"'],
  ['GET /repos/octo/shop/pulls/seven', undefined, 'must be integer'],
  [
    'POST /repos/octo/shop/pulls/7/reviews',
    { event: 'COMMENT', comments: [{ path: 'a' }] },
    "must have required property 'body'",
  ],
  ['PUT /repos/octo/shop/pulls/7/merge', {}, 'not in the fake'],
  ['POST /graphql', { query: '{ rateLimit { cost } }' }, 'POST /graphql'],
])('records what GitHub does not take: %s %j', async (route, body, problem) => {
  expect((await call(route, body)).status).toBe(501);
  expect(server.violations.join()).toContain(problem);
});

it('takes what GitHub takes', async () => {
  const made = await call('POST /repos/octo/shop/check-runs', { name: 'gate', head_sha: 'a', status: 'in_progress' });
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({ name: 'gate', conclusion: null, pull_requests: [] });
  expect(server.violations).toEqual([]);
});

it.each([
  ['GET /repos/octo/other/pulls', writeToken, 404],
  ['GET /repos/octo/shop/pulls', 'stranger', 401],
])('refuses %s with %s: %d', async (route, token, status) => {
  expect((await call(route, undefined, token)).status).toBe(status);
});

it('counts the quota, and refuses when it is used up', async () => {
  server.quota.remaining = 1;
  const [last, refused] = [await call('GET /repos/octo/shop/pulls'), await call('GET /repos/octo/shop/pulls')];
  expect([last.status, last.headers.get('x-ratelimit-remaining')]).toEqual([200, '0']);
  expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
});
