import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishContext, pullRequestChange } from '../../../test/support/changes.ts';
import { MemoryGitHub } from '../../../test/support/github-memory.ts';
import { holds } from '../../../test/support/property.ts';
import { blocked, clean, huge, incomplete, warned } from '../../../test/support/verdicts.ts';
import { GitHubError } from '../../model/github-error.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { GitHub, IssueComment } from '../../ports/ports.ts';
import { commentMaxChars } from '../limits.ts';
import type { Publication, PublishContext } from '../publisher.ts';
import { marker, readMarker, stampOf } from './marker.ts';
import { pullRequestCommentPublisher } from './publisher.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const clock = { now: () => new Date(0), monotonicMs: () => 0 };
const ofRun = (id: number, attempt = 1, part: Partial<PublishContext> = {}): PublishContext => ({
  ...publishContext,
  change: { ...pullRequestChange, run: { ...pullRequestChange.run, id, attempt } },
  ...part,
});
const publish = async (github: GitHub, context: PublishContext, verdict: Verdict = clean): Promise<Publication> =>
  await pullRequestCommentPublisher.publish(verdict, context, { github, log, clock });
const stamp = { name: 'k8s-gate', run: 1, attempt: 1, head: 'a'.repeat(40) };

/** Each request waits for its turn before GitHub sees it. */
class SlowGitHub extends MemoryGitHub {
  readonly #turn: (name: string) => Promise<unknown>;
  constructor(scheduler: fc.Scheduler) {
    super();
    this.#turn = async (name) => await scheduler.schedule(Promise.resolve(), name);
  }
  override async listComments(issue: number): Promise<readonly IssueComment[]> {
    await this.#turn('list');
    return await super.listComments(issue);
  }
  override async createComment(issue: number, body: string): Promise<IssueComment> {
    await this.#turn('create');
    return await super.createComment(issue, body);
  }
  override async updateComment(id: number, body: string): Promise<IssueComment> {
    await this.#turn('update');
    return await super.updateComment(id, body);
  }
  override async deleteComment(id: number): Promise<void> {
    await this.#turn('delete');
    await super.deleteComment(id);
  }
}

let github: MemoryGitHub;
const runs = (): readonly (number | undefined)[] => github.comments.map(({ body }) => readMarker(body)?.run);
/** Does something once, right before a method. */
function once(wanted: keyof GitHub, action: () => void): void {
  github.before = (method) => {
    if (method !== wanted) return;
    github.before = () => {};
    action();
  };
}
beforeEach(() => {
  github = new MemoryGitHub();
});

describe('a comment on findings only', () => {
  const onFindings = (id: number) => ofRun(id, 1, { comment: { onlyFindings: true, mentionOwners: false } });
  const [judged] = warned.findings;
  if (judged === undefined) throw new Error('a finding');
  const gap: JudgedFinding = {
    ...judged,
    action: 'allow',
    finding: { ...judged.finding, engine: 'gate', rule: 'not-evaluated' },
  };
  const bodies = () => github.comments.map(({ body }) => body.split('\n')[1]);

  it('is not made while nothing blocks or warns', async () => {
    expect(await publish(github, onFindings(1), clean)).toMatchObject({ status: 'not-applicable' });
    expect(github.comments).toEqual([]);
  });

  it.each([
    ['blocks', blocked],
    ['warns', warned],
    ['could not be evaluated', incomplete],
    ['was not evaluated', { ...clean, findings: [gap] }],
    ['would be reported once merged', { ...clean, preview: { status: 'known', refused: blocked.findings, lifted: 0 } }],
  ] satisfies [string, Verdict][])('is made once something %s, and updated from then on', async (_what, verdict) => {
    await publish(github, onFindings(1), verdict);
    expect(github.comments).toHaveLength(1);
    expect((await publish(github, onFindings(2), clean)).status).toBe('delivered');
    expect(bodies()).toEqual(['## ✅ Passed: no findings']);
  });
});

describe('the sticky comment', () => {
  it('is created by the first run and updated by the next', async () => {
    const first = await publish(github, ofRun(1), blocked);
    const second = await publish(github, ofRun(2));
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain('✅ Passed');
    expect(second).toEqual({ status: 'delivered', url: github.comments[0]?.url, notes: [] });
    expect(first).toEqual(second);
  });

  it('is one for each gate', async () => {
    await publish(github, ofRun(1));
    await publish(github, ofRun(1, 1, { gateName: 'k8s-gate production' }));
    await publish(github, ofRun(2, 1, { gateName: 'k8s-gate production' }));
    expect(runs()).toEqual([1, 2]);
  });

  it('does not apply to events without a pull request', async () => {
    const { pullRequest: _, ...push } = { ...pullRequestChange, event: 'push' as const };
    expect(await publish(github, { ...publishContext, change: push })).toEqual({
      status: 'not-applicable',
      reason: 'the event push has no pull request',
    });
    expect(github.calls).toEqual([]);
  });

  it("never touches nor believes someone else's comment with its marker", async () => {
    const theirs = `${marker({ ...stamp, run: 999_999 })}Passed.`;
    github.addComment(7, theirs, 'mallory');
    expect((await publish(github, ofRun(1))).status).toBe('delivered');
    expect(github.comments.map(({ author }) => author)).toEqual(['mallory', github.login]);
    expect(github.comments[0]?.body).toBe(theirs);
  });

  it('takes its marker on the first line only', async () => {
    github.addComment(7, `Someone wrote:\n${marker({ ...stamp, run: 999_999 })}`, github.login);
    expect((await publish(github, ofRun(1))).status).toBe('delivered');
    expect(github.comments).toHaveLength(2);
  });

  it.each([
    ['an older run', 5, 1],
    ['an older attempt', 6, 1],
  ])('is left alone by %s', async (_name, id, attempt) => {
    await publish(github, ofRun(6, 2), blocked);
    expect(await publish(github, ofRun(id, attempt))).toEqual({
      status: 'not-applicable',
      reason: 'a newer run of this gate has already commented: run 6, attempt 2',
    });
    expect(github.comments[0]?.body).toContain('⛔ 4 findings block');
  });

  it('is left alone by a run whose head is no longer that of the pull request', async () => {
    await publish(github, ofRun(1), blocked);
    github.pull = { ...github.pull, headSha: 'c'.repeat(40) };
    expect(await publish(github, ofRun(2))).toEqual({
      status: 'not-applicable',
      reason: 'the pull request has moved on from aaaaaaa to ccccccc, which has its own run',
    });
    expect(runs()).toEqual([1]);
  });

  it('is created again if it was deleted before the update', async () => {
    await publish(github, ofRun(1));
    once('updateComment', () => github.comments.splice(0));
    expect((await publish(github, ofRun(2))).status).toBe('delivered');
    expect(runs()).toEqual([2]);
    expect(github.calls.filter((call) => call === 'createComment')).toHaveLength(2);
  });

  it('throws the error of GitHub for a locked conversation', async () => {
    const locked = new GitHubError('forbidden', 'Unable to create comment because issue is locked.', { status: 403 });
    github.before = (method) => {
      if (method === 'createComment') throw locked;
    };
    await expect(publish(github, ofRun(1))).rejects.toBe(locked);
  });

  it('is delivered though a duplicate stays', async () => {
    github.addComment(7, marker(stamp), github.login);
    github.addComment(7, marker({ ...stamp, run: 2 }), github.login);
    github.before = (method) => {
      if (method === 'deleteComment') throw new GitHubError('unavailable', 'GitHub is down', { status: 503 });
    };
    expect(await publish(github, ofRun(3))).toMatchObject({
      status: 'delivered',
      notes: ['1 other comment of this gate could not be deleted'],
    });
    expect(runs()).toEqual([1, 3]);
  });

  it('is delivered though nobody could look for duplicates', async () => {
    github.before = (method) => {
      if (method === 'listComments' && github.calls.includes('createComment'))
        throw new GitHubError('unavailable', 'GitHub is down', { status: 503 });
    };
    expect(await publish(github, ofRun(3))).toMatchObject({
      status: 'delivered',
      notes: ['could not look for other comments of this gate: GitHub is down'],
    });
  });

  it('is accepted by GitHub regardless of the number of findings', async () => {
    await publish(github, ofRun(1), huge);
    expect(github.comments[0]?.body.length).toBeLessThan(commentMaxChars);
    expect(readMarker(github.comments[0]?.body ?? '')).toEqual(stamp);
  });
});

describe('two runs at once', () => {
  it('both create: the newer stays', async () => {
    once('createComment', () => github.addComment(7, marker({ ...stamp, run: 2 }), github.login));
    expect(await publish(github, ofRun(1))).toMatchObject({ status: 'not-applicable' });
    expect(runs()).toEqual([2]);
  });

  it('both create, the older one first: the newer stays', async () => {
    once('createComment', () => github.addComment(7, marker(stamp), github.login));
    expect(await publish(github, ofRun(2))).toMatchObject({ status: 'delivered' });
    expect(runs()).toEqual([2]);
  });

  it('an older update lands on a newer one: the newer writes again', async () => {
    await publish(github, ofRun(1));
    let lists = 0;
    github.before = (method) => {
      const [comment] = github.comments;
      if (method === 'listComments' && ++lists === 2 && comment !== undefined)
        github.comments[0] = { ...comment, body: marker({ ...stamp, run: 2 }) };
    };
    expect(await publish(github, ofRun(3))).toMatchObject({
      notes: ['an older run had overwritten the comment, so it was written again'],
    });
    expect(runs()).toEqual([3]);
  });

  it('a newer update lands on an older one: the older leaves it', async () => {
    await publish(github, ofRun(1));
    let lists = 0;
    github.before = (method) => {
      const [comment] = github.comments;
      if (method === 'listComments' && ++lists === 2 && comment !== undefined)
        github.comments[0] = { ...comment, body: marker({ ...stamp, run: 3 }) };
    };
    expect(await publish(github, ofRun(2))).toMatchObject({ status: 'not-applicable' });
    expect(runs()).toEqual([3]);
  });

  it('in every order of their requests leave one comment, the newest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.constantFrom([1, 2], [2, 1], [2, 2]), async (scheduler, ids) => {
        github = new SlowGitHub(scheduler);
        const all = Promise.all(ids.map((id) => publish(github, ofRun(id))));
        await scheduler.waitFor(all);
        expect(runs()).toEqual([2]);
        expect((await all).some(({ status }) => status === 'delivered')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('in every order leave one comment, and never none, where more of them meet an old one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        github = new SlowGitHub(scheduler);
        github.addComment(7, marker(stamp), github.login);
        github.addComment(7, marker(stamp), github.login);
        await scheduler.waitFor(Promise.all([4, 2, 3].map((id) => publish(github, ofRun(id)))));
        expect(github.comments).toHaveLength(1);
        expect(runs()[0]).toBeGreaterThan(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the marker', () => {
  it('holds a name that would end it', () => {
    const made = stampOf(ofRun(1, 1, { gateName: 'a --> b\n<b>---' }));
    expect(made.name).toBe('a%20%2D%2D%3E%20b%0A%3Cb%3E%2D%2D-');
    expect(readMarker(marker(made))).toEqual(made);
  });

  it('tells long names apart, too', () => {
    const name = (end: string): string => stampOf(ofRun(1, 1, { gateName: 'x'.repeat(5_000) + end })).name;
    expect(name('a')).not.toBe(name('b'));
    expect(name('a').length).toBeLessThan(100);
  });

  it('reads back whose it is, and is one line that nothing ends early', () => {
    holds(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (gateName, run) => {
        const made = stampOf(ofRun(run, 1, { gateName }));
        const line = marker(made);
        expect(line.trimEnd().slice(4, -3)).not.toMatch(/--|>|\s{2}|\n/);
        expect(readMarker(`${line}text`)).toEqual(made);
      }),
    );
  });
});
