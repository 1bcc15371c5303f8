import { describe, expect, it } from 'vitest';
import { publishContext, pullRequestChange } from '../../../test/support/changes.ts';
import { MemoryGitHub } from '../../../test/support/github-memory.ts';
import { finding } from '../../../test/support/model.ts';
import { blocked } from '../../../test/support/verdicts.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Finding, JsonPatchOperation } from '../../model/finding.ts';
import { GitHubError } from '../../model/github-error.ts';
import type { JudgedFinding } from '../../model/verdict.ts';
import type { ReviewRequest } from '../../ports/ports.ts';
import type { PublishContext } from '../publisher.ts';
import { suggestionsPublisher } from './publisher.ts';

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web # keep
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:latest # the image
          securityContext:
            privileged: true
        - name: log
          image: log:1
`;
const container = (index: number): FieldPath => ['spec', 'template', 'spec', 'containers', index];
const web = '/spec/template/spec/containers/0';
const replace = (path: string, value: unknown): JsonPatchOperation => ({ op: 'replace', path, value });
const add = (path: string, value: unknown): JsonPatchOperation => ({ op: 'add', path, value });

interface Case extends Partial<Omit<Finding, 'fix' | 'subject'>> {
  readonly at: readonly [line: number, column: number];
  readonly path: FieldPath;
  readonly patch: JsonPatchOperation;
  readonly precision?: 'field' | 'parent';
  readonly file?: string;
}
let prints = 0;
function judged({
  at: [line, column],
  path,
  patch,
  precision = 'field',
  file = 'deploy/web.yaml',
  ...part
}: Case): JudgedFinding {
  prints += 1;
  const found = finding({
    title: 'Something is off',
    resources: ['Deployment shop/web'],
    fingerprint: prints.toString(16).padStart(32, '0'),
    ...part,
    subject: { kind: 'resource', resource: 'obj-1', path },
    fix: { text: 'Mend it.', patch: [patch] },
    locations: [{ file, line, column, precision }],
  });
  return { finding: found, action: 'block', decidedBy: 'default' };
}
const privileged = (part: Partial<Case> = {}): JudgedFinding =>
  judged({
    at: [14, 13],
    path: [...container(0), 'securityContext', 'privileged'],
    patch: replace(`${web}/securityContext/privileged`, false),
    ...part,
  });

function pull(files: Readonly<Record<string, string>> = { 'deploy/web.yaml': manifest }): MemoryGitHub {
  const github = new MemoryGitHub();
  github.pullFiles = Object.entries(files).map(([path, text]) => {
    github.files.set(path, text);
    const lines = text.replace(/\n$/, '').split('\n');
    return { path, status: 'added', patch: `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join('\n')}` };
  });
  return github;
}

async function publish(findings: readonly JudgedFinding[], github = pull(), context: Partial<PublishContext> = {}) {
  const ports = { github, clock: unused, log: unused };
  const publication = await suggestionsPublisher.publish({ ...blocked, findings }, { ...publishContext, ...context }, ports);
  const comments = github.reviews.flatMap(({ review }) => review.comments);
  const notes = publication.status === 'delivered' ? publication.notes : [publication.reason];
  return { publication, comments, notes, github };
}
const unused = new Proxy(Object.create(null), {
  get: (_target, name) => {
    throw new Error(`${String(name)} is not used`);
  },
});

/** What the button makes of the file. */
function applied(text: string, comment: ReviewRequest['comments'][number] | undefined): string {
  const [, fence = '', body = ''] = /^(`{3,})suggestion\n([\s\S]*?)\n\1$/m.exec(comment?.body ?? '') ?? [];
  if (comment === undefined || fence === '') throw new Error('no suggestion');
  const first = comment.startLine ?? comment.line;
  return text
    .split('\n')
    .toSpliced(first - 1, comment.line - first + 1, ...body.split('\n'))
    .join('\n');
}

describe('suggestions', () => {
  it('replace a value on its line', async () => {
    const { comments, publication } = await publish([privileged()]);
    expect(comments).toMatchObject([{ path: 'deploy/web.yaml', line: 14 }]);
    expect(applied(manifest, comments[0])).toBe(manifest.replace('privileged: true', 'privileged: false'));
    expect(publication).toEqual({ status: 'delivered', notes: [] });
  });

  it('put the digest of an image, keeping the comment beside it', async () => {
    const digest = `nginx@sha256:${'a'.repeat(64)}`;
    const { comments } = await publish([
      judged({ at: [12, 11], path: [...container(0), 'image'], patch: replace(`${web}/image`, digest) }),
    ]);
    expect(applied(manifest, comments[0])).toBe(manifest.replace('nginx:latest', digest));
  });

  it('add what is missing below its nearest parent', async () => {
    const { comments } = await publish([
      judged({
        at: [15, 11],
        path: [...container(1), 'resources', 'limits', 'memory'],
        precision: 'parent',
        patch: add('/spec/template/spec/containers/1/resources', { limits: { memory: '128Mi' } }),
      }),
      judged({
        at: [5, 3],
        path: ['metadata', 'labels', 'team'],
        precision: 'parent',
        patch: add('/metadata/labels/team', 'shop'),
      }),
    ]);
    expect(applied(manifest, comments[0])).toBe(
      `${manifest}          resources:\n            limits:\n              memory: 128Mi\n`,
    );
    expect(applied(manifest, comments[1])).toBe(manifest.replace('# keep\n', '# keep\n    team: shop\n'));
  });

  it('find a container that Kustomize moved, by its place in the base', async () => {
    const { comments } = await publish([judged({ at: [15, 11], path: container(0), patch: add(`${web}/tty`, false) })]);
    expect(applied(manifest, comments[0])).toBe(`${manifest}          tty: false\n`);
  });

  it('never patch an item of a list that the place does not prove', async () => {
    const { comments, notes } = await publish([
      judged({ at: [14, 13], path: privilegedPath, patch: replace('/spec/template/spec/containers/1/image', 'x:1') }),
    ]);
    expect(comments).toEqual([]);
    expect(notes).toEqual(['1 finding without a suggestion: their lines are not the field that the patch is about']);
  });

  it.each([
    ['stands elsewhere', { at: [13, 11] }],
    ['is of another kind', { resources: ['StatefulSet shop/web'] }],
    ['is known by its file only', { precision: 'file' as never }],
  ] as const)('are not made where the field %s', async (_what, part) => {
    expect((await publish([privileged(part as Partial<Case>)])).comments).toEqual([]);
  });

  it('turn a switch of a values file, and no other value', async () => {
    const values = 'web:\n  securityContext:\n    privileged: true # for now\n  image: nginx\n';
    const part = { file: 'charts/web/values.yaml' };
    const { comments } = await publish(
      [
        privileged({ ...part, at: [3, 5] }),
        judged({ ...part, at: [4, 3], path: [...container(0), 'image'], patch: replace(`${web}/image`, 'nginx:1') }),
      ],
      pull({ 'charts/web/values.yaml': values }),
    );
    expect(comments).toHaveLength(1);
    expect(applied(values, comments[0])).toBe(values.replace('true', 'false'));
  });

  it.each([
    ['a template', manifest.replace('nginx:latest', '"{{ .Values.image }}"'), 'a template'],
    ['CR LF', manifest.replaceAll('\n', '\r\n'), 'CR LF'],
    ['broken YAML', `${manifest}x: [\n`, 'no strict YAML'],
    ['a hidden character', manifest.replace('privileged: true', 'privileged: true # \u202e'), 'hide characters'],
  ])('leave alone %s', async (_what, text, why) => {
    const { comments, notes } = await publish([privileged()], pull({ 'deploy/web.yaml': text }));
    expect(comments).toEqual([]);
    expect(notes.join()).toContain(why);
  });

  it('stay within the diff: on the line above an insertion, or on that of another neighbour, or nowhere', async () => {
    const missing = judged({
      at: [15, 11],
      path: [...container(1), 'tty'],
      precision: 'parent',
      patch: add('/spec/template/spec/containers/1/tty', false),
    });
    const lines = manifest.split('\n');
    const shown = async (from: number, to: number) => {
      const github = pull();
      const patch = lines
        .slice(from - 1, to)
        .map((line) => ` ${line}`)
        .join('\n');
      github.pullFiles = [
        { path: 'deploy/web.yaml', status: 'modified', patch: `@@ -1 +${from},${to - from + 1} @@ kind\n${patch}` },
      ];
      return (await publish([missing], github)).comments;
    };
    expect((await shown(16, 16)).map(({ line }) => line)).toEqual([16]);
    const [above] = await shown(13, 15);
    expect(applied(manifest, above)).toBe(manifest.replace('- name: log\n', '- name: log\n          tty: false\n'));
    expect(await shown(1, 14)).toEqual([]);
  });

  it('are about the head, below the workspace’s folder', async () => {
    const { comments } = await publish([privileged({ at: [99, 13] })], pull({ 'apps/deploy/web.yaml': manifest }), {
      pathPrefix: 'apps',
      headLine: (_file, line) => (line === 99 ? 14 : undefined),
    });
    expect(comments).toMatchObject([{ path: 'apps/deploy/web.yaml', line: 14 }]);
  });

  it('say what they mend, and merge findings with one edit', async () => {
    const { comments } = await publish([privileged({ title: 'one @octocat' }), privileged({ engine: 'kyverno', title: 'two' })]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/one .*octocat[\s\S]*`kyverno\/some-rule` two/);
    expect(comments[0]?.body).not.toContain('@octocat');
  });

  it('keep the worse of two that overlap', async () => {
    const { comments, notes } = await publish([
      {
        ...privileged({
          patch: add(`${web}/securityContext/runAsNonRoot`, true),
          path: [...container(0), 'securityContext'],
          at: [13, 11],
        }),
        action: 'warn',
      },
      privileged(),
    ]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain('privileged: false');
    expect(notes.join()).toContain('another suggestion is about the same lines');
  });

  it('fence lines of backticks in more of them', async () => {
    const text = manifest.replace('privileged: true', 'privileged: true # ```');
    const { comments } = await publish([privileged()], pull({ 'deploy/web.yaml': text }));
    expect(applied(text, comments[0])).toContain('privileged: false # ```\n');
    expect(comments[0]?.body).toContain('````suggestion\n');
  });

  it('are not said twice: not for this head, and not while the line stands', async () => {
    const first = await publish([privileged()]);
    const again = async (change: Partial<MemoryGitHub>) => {
      const github = Object.assign(pull(), { reviewComments: [...first.github.reviewComments], ...change });
      const [{ finding: before } = privileged()] = [privileged()];
      return (await publish([{ ...privileged(), finding: { ...before, fingerprint: first0(first) } }], github)).comments.length;
    };
    expect(await again({})).toBe(0);
    expect(await again({ login: 'somebody-else' })).toBe(1);
    const outdated = first.github.reviewComments.map(({ line: _line, ...rest }) => rest);
    expect(await again({ reviewComments: outdated })).toBe(0);
    expect(await again({ reviewComments: outdated.map((one) => ({ ...one, body: one.body.replace(/head=a/, 'head=b') })) })).toBe(
      1,
    );
  });

  it('are at most twenty', async () => {
    const files = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`deploy/${index}.yaml`, manifest]));
    const { comments, notes } = await publish(
      Object.keys(files).map((file) => privileged({ file })),
      pull(files),
    );
    expect(comments).toHaveLength(20);
    expect(notes).toEqual(['5 more suggestions did not fit into one review']);
  });

  it('lose only the one that GitHub refuses', async () => {
    const github = pull({ 'deploy/web.yaml': manifest, 'deploy/b.yaml': manifest, 'deploy/c.yaml': manifest });
    const files = github.pullFiles;
    github.before = (method) => {
      if (method === 'createReview') github.pullFiles = files.filter(({ path }) => path !== 'deploy/b.yaml');
    };
    const { comments, notes } = await publish(
      ['deploy/web.yaml', 'deploy/b.yaml', 'deploy/c.yaml'].map((file) => privileged({ file })),
      github,
    );
    expect(comments.map(({ path }) => path)).toEqual(['deploy/web.yaml', 'deploy/c.yaml']);
    expect(notes.join()).toContain('GitHub refused the suggestion at deploy/b.yaml:14');
  });

  it('leave other errors of GitHub to the caller', async () => {
    const github = pull();
    github.before = (method) => {
      if (method === 'createReview') throw new GitHubError('forbidden', 'no', { status: 403 });
    };
    await expect(publish([privileged()], github)).rejects.toThrow(GitHubError);
  });

  it.each([
    ['an untrusted verdict', { untrusted: true }, 'could alter'],
    ['no pull request', { change: { ...pullRequestChange, pullRequest: undefined as never } }, 'no pull request'],
    [
      'a fork',
      { change: { ...pullRequestChange, pullRequest: { ...pullRequestChange.pullRequest, fromFork: true } as never } },
      'fork',
    ],
    ['a head that moved on', { change: { ...pullRequestChange, headSha: 'c'.repeat(40) } }, 'moved on'],
  ])('are not made for %s', async (_what, context, why) => {
    const { publication, github } = await publish([privileged()], pull(), context);
    expect(publication).toMatchObject({ status: 'not-applicable', reason: expect.stringContaining(why) });
    expect(github.reviews).toEqual([]);
  });

  it('ask GitHub nothing where no finding has a patch, or it is waived', async () => {
    const [waiver] = [
      { rule: 'x', target: 'x', reason: 'x', owner: 'x', expires: '2027-01-01', source: 'waivers', file: 'x', line: 1 } as const,
    ];
    const { github } = await publish([{ ...privileged(), waiver }, ...blocked.findings.slice(0, 1)]);
    expect(github.calls).toEqual([]);
  });
});

const privilegedPath = [...container(0), 'securityContext', 'privileged'];
function first0({ comments }: { readonly comments: readonly { readonly body: string }[] }): string {
  return /findings=([0-9a-f]{32})/.exec(comments[0]?.body ?? '')?.[1] ?? '';
}
