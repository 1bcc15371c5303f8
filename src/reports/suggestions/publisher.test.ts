import { describe, expect, it } from 'vitest';
import { pullRequestChange } from '../../../test/support/changes.ts';
import type { MemoryGitHub } from '../../../test/support/github-memory.ts';
import {
  add,
  applied,
  type Case,
  container,
  manifest,
  privileged,
  publish,
  pull,
  web,
} from '../../../test/support/suggestion-bench.ts';
import { blocked } from '../../../test/support/verdicts.ts';
import { GitHubError } from '../../model/github-error.ts';

describe('suggestions', () => {
  it.each([
    ['is elsewhere', { at: [13, 11] }],
    ['is of another kind', { resources: ['StatefulSet shop/web'] }],
    ['is known by its file only', { precision: 'file' as never }],
  ] as const)('are not made where the field %s', async (_what, part) => {
    expect((await publish([privileged(part as Partial<Case>)])).comments).toEqual([]);
  });

  it('are about the head, below the workspace’s folder', async () => {
    const { comments } = await publish([privileged({ at: [99, 13] })], pull({ 'apps/deploy/web.yaml': manifest }), {
      pathPrefix: 'apps',
      headLine: (_file, line) => (line === 99 ? 14 : undefined),
    });
    expect(comments).toMatchObject([{ path: 'apps/deploy/web.yaml', line: 14 }]);
  });

  it('list what they fix, and merge findings with one edit', async () => {
    const { comments } = await publish([privileged({ title: 'one @octocat' }), privileged({ engine: 'kyverno', title: 'two' })]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/one .*octocat[\s\S]*`kyverno\/some-rule` two/);
    expect(comments[0]?.body).not.toContain('@octocat');
  });

  it('are not made for what is allowed, but name it where it shares an edit with what is not', async () => {
    const allowed = (part: Partial<Case> = {}) => ({ ...privileged({ title: 'allowed', ...part }), action: 'allow' as const });
    const runAsNonRoot: Partial<Case> = {
      ...{ patch: add(`${web}/securityContext/runAsNonRoot`, true), path: [...container(0), 'securityContext'], at: [13, 11] },
    };
    expect((await publish([allowed()])).github.calls).toEqual([]);
    const { comments, notes } = await publish([
      allowed(),
      { ...privileged({ title: 'warned' }), action: 'warn' },
      allowed(runAsNonRoot),
      allowed({ at: [1, 1] }),
    ]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/warned[\s\S]*allowed/);
    expect(notes).toEqual([]);
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
    expect(notes.join()).toContain('another suggestion changes the same lines');
  });

  it('fence lines of backticks in more of them', async () => {
    const text = manifest.replace('privileged: true', 'privileged: true # ```');
    const { comments } = await publish([privileged()], pull({ 'deploy/web.yaml': text }));
    expect(applied(text, comments[0])).toContain('privileged: false # ```\n');
    expect(comments[0]?.body).toContain('````suggestion\n');
  });

  it('are not posted twice: not for this head, and not while the line exists', async () => {
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

  it('end where there is no time left', async () => {
    const files = { 'deploy/a.yaml': manifest, 'deploy/b.yaml': manifest, 'deploy/c.yaml': manifest };
    const { comments, notes } = await publish(
      Object.keys(files).map((file) => privileged({ file })),
      pull(files),
      {},
      12_000,
    );
    expect(comments).toHaveLength(2);
    expect(notes).toEqual(['no suggestion for 1 finding: there are too many findings to try each one']);
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
    ['a head that moved on', { change: { ...pullRequestChange, headSha: 'c'.repeat(40) } }, 'newer head commit'],
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

function first0({ comments }: { readonly comments: readonly { readonly body: string }[] }): string {
  return /findings=([0-9a-f]{32})/.exec(comments[0]?.body ?? '')?.[1] ?? '';
}
