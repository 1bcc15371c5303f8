import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CheckRunRequest } from '../../src/ports/ports.ts';
import { pull } from '../support/github-server/state.ts';
import { bench, operations } from './github-bench.ts';

const sha = 'a'.repeat(40);
const check: CheckRunRequest = {
  name: 'k8s-gate',
  headSha: sha,
  status: 'completed',
  conclusion: 'failure',
  detailsUrl: 'https://github.example/octo/shop/actions/runs/1',
  externalId: '1/1',
  output: {
    title: 'Blocked',
    summary: '1 finding',
    text: 'more',
    annotations: [
      {
        path: 'a.yaml',
        startLine: 3,
        endLine: 3,
        startColumn: 1,
        endColumn: 9,
        level: 'failure',
        title: 'cel/x',
        message: 'bad',
      },
      { path: 'b.yaml', startLine: 3, endLine: 5, level: 'warning', title: 'cel/y', message: 'hm' },
    ],
  },
};
const patch = '@@ -1,2 +1,3 @@\n kind: Pod\n-  a: 1\n+  a: 2\n+  b: 3';

describe('who the token is', () => {
  it('is asked once', async () => {
    const it = await bench();
    expect(await Promise.all([it.github.viewer(), it.github.viewer()])).toEqual(['github-actions[bot]', 'github-actions[bot]']);
    expect(operations(it)).toEqual(['POST /graphql']);
  });

  it('is an app by its own name', async () => {
    const it = await bench({ token: 'app' });
    it.server.state.tokens.set('app', { login: 'gate[bot]', write: [] });
    expect(await it.github.viewer()).toBe('gate[bot]');
  });

  it('is assumed to be the job’s if GitHub does not report it', async () => {
    const it = await bench();
    it.server.fail({ when: 'POST /graphql', status: 200, body: { errors: [{ message: 'no\nviewer' }] } });
    expect(await it.github.viewer()).toBe('github-actions[bot]');
    expect(it.logged.join()).toContain('assuming github-actions[bot]');
  });
});

describe('comments', () => {
  it('are listed from all pages, oldest first', async () => {
    const { github, shop, server } = await bench();
    for (let count = 0; count < 250; count++) server.state.addComment(shop, 7, `comment ${count}`, 'dev');
    server.state.addComment(shop, 8, 'another pull request', 'dev');
    server.state.addComment(shop, 7, 'by a ghost', undefined);
    const all = await github.listComments(7);
    expect(all).toHaveLength(251);
    expect(all[0]).toMatchObject({ body: 'comment 0', author: 'dev' });
    expect(all.at(-1)).toMatchObject({ body: 'by a ghost', author: '' });
    expect(server.requests).toHaveLength(3);
  });

  it('are created, updated and deleted', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7 });
    const made = await github.createComment(7, 'first');
    expect(made).toEqual({ id: made.id, author: 'github-actions[bot]', body: 'first', url: expect.stringContaining('https://') });
    expect((await github.updateComment(made.id, 'second')).body).toBe('second');
    expect(shop.comments).toMatchObject([{ id: made.id, issue: 7, body: 'second' }]);
    await github.deleteComment(made.id);
    expect(shop.comments).toEqual([]);
  });
});

describe('check runs', () => {
  it('are created with all that was asked for', async () => {
    const { github, shop } = await bench();
    const { id, url } = await github.createCheckRun(check);
    expect(url).toBe(`https://github.example/runs/${id}`);
    expect(shop.checkRuns).toEqual([
      {
        ...{ id, name: 'k8s-gate', headSha: sha, status: 'completed', conclusion: 'failure', externalId: '1/1' },
        detailsUrl: 'https://github.example/octo/shop/actions/runs/1',
        output: { title: 'Blocked', summary: '1 finding', text: 'more' },
        annotations: [
          {
            ...{ path: 'a.yaml', start_line: 3, end_line: 3, start_column: 1, end_column: 9 },
            ...{ annotation_level: 'failure', title: 'cel/x', message: 'bad' },
          },
          { path: 'b.yaml', start_line: 3, end_line: 5, annotation_level: 'warning', title: 'cel/y', message: 'hm' },
        ],
      },
    ]);
  });

  it('take more annotations by updates, and keep what an update does not name', async () => {
    const { github, shop } = await bench();
    const { id } = await github.createCheckRun(check);
    await github.updateCheckRun(id, { output: check.output });
    expect(shop.checkRuns).toMatchObject([{ name: 'k8s-gate', conclusion: 'failure', externalId: '1/1' }]);
    expect(shop.checkRuns[0]?.annotations).toHaveLength(4);
  });
});

describe('pull requests', () => {
  it('are read as they are now', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7, author: 'dev' });
    expect(await github.pullRequest(7)).toEqual({
      ...{ number: 7, author: 'dev', fromFork: false, baseRef: 'main', open: true },
      ...{ headSha: sha, headRepository: 'octo/shop', baseSha: 'b'.repeat(40) },
    });
  });

  it('come from a fork, or from one that is gone', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7, headRepository: 'eve/shop' });
    pull(shop, { number: 8, headRepository: undefined, open: false });
    expect(await github.pullRequest(7)).toMatchObject({ fromFork: true, headRepository: 'eve/shop' });
    const gone = await github.pullRequest(8);
    expect(gone).toMatchObject({ fromFork: true, open: false });
    expect(gone).not.toHaveProperty('headRepository');
  });

  it('are found by the head commit of a fork, open ones only', async () => {
    const { github, shop } = await bench();
    for (let number = 100; number < 250; number++) pull(shop, { number, headSha: 'c'.repeat(40) });
    pull(shop, { number: 7, headRepository: 'eve/shop' });
    pull(shop, { number: 8, headRepository: 'eve/shop', open: false });
    expect((await github.pullRequestsOf(sha)).map(({ number }) => number)).toEqual([7]);
  });

  it('list their files from all pages, some without a patch', async () => {
    const { github, shop } = await bench();
    const files = Array.from({ length: 120 }, (_, index) => ({ path: `${index}.yaml`, status: 'added' as const, patch }));
    pull(shop, { number: 7, files: [{ path: 'logo.png', status: 'modified' }, ...files] });
    const listed = await github.pullRequestFiles(7);
    expect(listed).toHaveLength(121);
    expect(listed.slice(0, 2)).toEqual([
      { path: 'logo.png', status: 'modified' },
      { path: '0.yaml', status: 'added', patch },
    ]);
  });
});

describe('reviews', () => {
  it('comment on lines of the head, one or several', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7, files: [{ path: 'a.yaml', status: 'modified', patch }] });
    const comments = [
      { path: 'a.yaml', line: 3, startLine: 2, body: 'both' },
      { path: 'a.yaml', line: 2, startLine: 2, body: 'one' },
    ];
    await github.createReview(7, { commitSha: sha, body: 'Suggestions', comments });
    expect(shop.reviews).toMatchObject([{ pull: 7, body: 'Suggestions', commitSha: sha, author: 'github-actions[bot]' }]);
    expect(shop.reviewComments).toMatchObject([
      { path: 'a.yaml', line: 3, startLine: 2, side: 'RIGHT', body: 'both' },
      { path: 'a.yaml', line: 2, side: 'RIGHT', body: 'one' },
    ]);
    expect((await github.listReviewComments(7)).map(({ line, author }) => ({ line, author }))).toEqual([
      { line: 3, author: 'github-actions[bot]' },
      { line: 2, author: 'github-actions[bot]' },
    ]);
  });

  it('are refused as a whole where a comment is off the diff', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7, files: [{ path: 'a.yaml', status: 'modified', patch }] });
    const comments = [3, 4].map((line) => ({ path: 'a.yaml', line, body: 'x' }));
    await expect(github.createReview(7, { commitSha: sha, body: 'x', comments })).rejects.toMatchObject({
      kind: 'invalid',
      message: 'could not review #7: HTTP 422: Unprocessable Entity; Line could not be resolved',
    });
    expect(shop.reviewComments).toEqual([]);
  });

  it('have no line of the head where they are outdated or on the base', async () => {
    const { github, shop } = await bench();
    pull(shop, { number: 7 });
    const comment = { pull: 7, review: undefined, author: 'dev', path: 'a.yaml', body: 'x' };
    shop.reviewComments.push({ ...comment, id: 1, line: undefined, side: 'RIGHT' }, { ...comment, id: 2, line: 4, side: 'LEFT' });
    expect((await github.listReviewComments(7)).map((listed) => 'line' in listed)).toEqual([false, false]);
  });
});

describe('files at a commit', () => {
  it.each(['a.yaml', 'deploy/weird name#1?%2F+ü.yaml'])('are read: %s', async (path) => {
    const { github, shop } = await bench();
    shop.files.set(`${sha}:${path}`, `kind: Pöd\n${'x'.repeat(100)}`);
    expect(await github.fileAt(path, sha)).toBe(`kind: Pöd\n${'x'.repeat(100)}`);
  });

  it('are undefined where no file is', async () => {
    const { github, shop } = await bench();
    shop.files.set(`${sha}:deploy`, { kind: 'folder' });
    expect(await github.fileAt('deploy', sha)).toBeUndefined();
    expect(await github.fileAt('gone.yaml', sha)).toBeUndefined();
    expect(await github.fileAt('..', sha)).toBeUndefined();
  });

  it('are refused past 1 MB, where GitHub gives no content', async () => {
    const { github, shop } = await bench();
    shop.files.set(`${sha}:big.yaml`, 'x'.repeat(1_000_001));
    await expect(github.fileAt('big.yaml', sha)).rejects.toThrow('the file is larger than 1 MB');
  });
});

/** By github.com/klauspost/compress/snappy 1.19.1. */
const snappyBundle = Buffer.from(
  'rwbwRHsibWVkaWFUeXBlIjogImFwcGxpY2F0aW9uL3ZuZC5kZXYuc2lnc3RvcmUuYnVuZGxlLnYwLjMranNvbiIsICJ2ZXJpZg0yQE1hdGVyaWFsIjogeyJjZXJ0CRoBWSR7InJhd0J5dGVzAWYcTUlJQkFBQUHuCABuCABAIn19LCAiZHNzZUVudmVsb3AJgxhwYXlsb2FkAYIsZXlKZmRIbHdaU0k27gwA7gwA7gwA7gwA7gwA7gwA7gwAvgwAQZst717bAhhpbi10b3RvVcocc2lnbmF0dXJFowRbewEQQSo0TUVVQ0lRRHgifV19fQo=',
  'base64',
);
const unpackedBundle = {
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { certificate: { rawBytes: 'MIIBAAAA'.repeat(12) } },
  dsseEnvelope: {
    payload: 'eyJfdHlwZSI6'.repeat(40),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ sig: 'MEUCIQDx' }],
  },
};

describe('attestations of a file', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { a: 1 },
    dsseEnvelope: { b: 2 },
  };

  it('are the bundles of this digest and type', async () => {
    const started = await bench();
    const { github, shop } = started;
    shop.attestations.push(
      { digest, predicateType: 'https://a.example/v1', bundle },
      { digest, predicateType: 'https://b.example/v1', bundle: {} },
      { digest: `sha256:${'cd'.repeat(32)}`, predicateType: 'https://a.example/v1', bundle: {} },
    );
    expect(await github.attestations(digest, 'https://a.example/v1')).toEqual([{ bundle: JSON.stringify(bundle) }]);
    expect(operations(started)).toEqual(['GET /repos/{owner}/{repo}/attestations/{subject_digest}']);
    expect(await github.attestations(digest)).toHaveLength(2);
  });

  const stored = (bytes: Buffer) => ({ bytes });
  it.each<
    [string, (address: string) => { readonly bytes?: Buffer; readonly status?: number; readonly location?: string }, object]
  >([
    ['compressed', () => stored(snappyBundle), { bundle: JSON.stringify(unpackedBundle) }],
    ['as it is', () => stored(Buffer.from('{"a":\n1}')), { bundle: '{"a":1}' }],
    ['redirected', (address) => ({ status: 302, location: `${address}/next` }), { bundle: JSON.stringify(unpackedBundle) }],
    [
      'redirected to a private address',
      () => ({ status: 302, location: 'http://127.0.0.2:9/secret' }),
      { why: expect.stringMatching(/^no request is sent to 127\.0\.0\.2:9/) },
    ],
    ['expired', () => ({ status: 403 }), { why: 'HTTP 403' }],
    ['damaged', () => stored(Buffer.from([9, 8, 97])), { why: 'it is not compressed as Snappy' }],
    ['other than JSON', () => stored(Buffer.from([1, 0, 97])), { why: 'it is not JSON' }],
    ['a bomb', () => stored(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])), { why: 'it unpacks to more than 8388608 bytes' }],
    ['of 10 MB', () => stored(Buffer.alloc(10_000_000)), { why: 'the response is larger than 8388608 bytes' }],
  ])('are read from the storage without the token if GitHub only returns an address: %s', async (_what, answer, expected) => {
    const { github, shop, server } = await bench();
    const path = '/storage/bundle';
    const address = `${server.url}${path}`;
    server.state.storage.set(path, answer(address));
    server.state.storage.set(`${path}/next`, stored(snappyBundle));
    shop.attestations.push({ digest, predicateType: 'https://a.example/v1', bundleUrl: address });
    expect(await github.attestations(digest)).toEqual([expected]);
    const sent = server.requests.filter(({ operation }) => operation === 'storage');
    expect([sent.length > 0, sent.some(({ headers }) => headers.authorization !== undefined)]).toEqual([true, false]);
  });

  it('are not read from a storage in the network of this machine', async () => {
    const { github, shop } = await bench();
    shop.attestations.push({ digest, predicateType: 'a', bundleUrl: 'https://127.0.0.3/bundle' });
    expect(await github.attestations(digest)).toEqual([{ why: expect.stringMatching(/^no request is sent to 127\.0\.0\.3/) }]);
  });

  it('are an empty list where GitHub has none, and one that it does not return is named', async () => {
    const { github, shop } = await bench();
    expect(await github.attestations(digest, 'https://a.example/v1')).toEqual([]);
    shop.attestations.push({ digest, predicateType: 'https://a.example/v1' });
    expect(await github.attestations(digest, 'https://a.example/v1')).toEqual([
      { why: 'GitHub returns neither its content nor a valid address' },
    ]);
  });
});

it('uploads SARIF', async () => {
  const { github, shop } = await bench();
  const sarif = gzipSync('{"runs":[]}').toString('base64');
  const upload = { commitSha: sha, ref: 'refs/pull/7/merge', sarif };
  expect(await github.uploadSarif(upload)).toEqual({ id: 'sarif-1' });
  expect(shop.sarifs).toEqual([{ id: 'sarif-1', ...upload }]);
});

it('works with an Enterprise Server: REST below /api/v3, GraphQL next to it', async () => {
  const { github, server, shop } = await bench({ enterprise: true });
  for (let count = 0; count < 101; count++) server.state.addComment(shop, 7, 'x', 'dev');
  expect(await github.viewer()).toBe('github-actions[bot]');
  expect(await github.listComments(7)).toHaveLength(101);
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/api/graphql',
    '/api/v3/repos/octo/shop/issues/7/comments?per_page=100',
    '/api/v3/repos/octo/shop/issues/7/comments?per_page=100&page=2',
  ]);
});

it('sends its name and the version of the API that it uses', async () => {
  const { github, server } = await bench();
  await github.listComments(7);
  expect(server.requests[0]?.headers).toMatchObject({
    'user-agent': expect.stringContaining('k8s-gate/1.2.3'),
    'x-github-api-version': '2022-11-28',
  });
});
