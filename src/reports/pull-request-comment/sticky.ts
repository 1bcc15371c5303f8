import { GitHubError } from '../../model/github-error.ts';
import type { GitHub, IssueComment } from '../../ports/ports.ts';
import type { Publication } from '../publisher.ts';
import { plural } from '../text.ts';
import { compareStamps, marker, readMarker, type Stamp } from './marker.ts';

interface OwnComment extends IssueComment {
  readonly stamp: Stamp;
}

/**
 * Keeps one comment per gate on a pull request, that of the newest run, even if several runs write at the same time.
 *
 * A comment is ours if its author is the account of the token and its first line is our marker: anyone can write the marker alone.
 * GitHub has no conditional update, so all runs follow one protocol: an older run yields before it writes, and after writing each run
 * lists the comments again, keeps the newest and deletes the rest. One race remains: an older run's update that is in flight while a
 * newer run writes and lists. For a newer head, that run would have to judge and write within one request of the older run.
 * @param isNeeded Whether a comment is created where there is none. An existing one is always updated: it must not report what is over.
 * Throws GitHubError if the comment itself could not be written.
 */
export async function putComment(
  github: GitHub,
  issue: number,
  stamp: Stamp,
  text: string,
  isNeeded = true,
): Promise<Publication> {
  const author = await github.viewer();
  const own = async (): Promise<readonly OwnComment[]> => ownComments(await github.listComments(issue), author, stamp.name);
  const [newest] = await own();
  if (newest === undefined && !isNeeded) return givesWay('nothing blocks or warns, and `comment` is `on-findings`');
  // Fetched after the list: if a comment of a newer head exists, that head is visible here as well.
  const { headSha } = await github.pullRequest(issue);
  if (headSha !== stamp.head)
    return givesWay(
      `the pull request has moved on from ${stamp.head.slice(0, 7)} to ${headSha.slice(0, 7)}, which has its own run`,
    );
  if (newest !== undefined && compareStamps(newest.stamp, stamp) < 0) return givesWay(newerRun(newest.stamp));
  const body = marker(stamp) + text;
  const written =
    newest === undefined ? await github.createComment(issue, body) : await updateOrCreate(github, issue, newest.id, body);
  try {
    return await settle(github, await own(), { ...written, stamp }, body);
  } catch (thrown) {
    if (!(thrown instanceof GitHubError)) throw thrown;
    return {
      status: 'delivered',
      url: written.url,
      notes: [`could not look for other comments of this gate: ${thrown.message}`],
    };
  }
}

/** Ties are broken by comment id, so that all runs see the same order. */
function newestFirst(a: OwnComment, b: OwnComment): number {
  return compareStamps(a.stamp, b.stamp) || a.id - b.id;
}

/** Newest run first. */
function ownComments(comments: readonly IssueComment[], author: string, name: string): readonly OwnComment[] {
  return comments
    .flatMap((comment) => {
      const stamp = comment.author === author ? readMarker(comment.body) : undefined;
      return stamp?.name === name ? [{ ...comment, stamp }] : [];
    })
    .toSorted(newestFirst);
}

/** The comment may have been deleted between the list and the update. */
async function updateOrCreate(github: GitHub, issue: number, id: number, body: string): Promise<IssueComment> {
  try {
    return await github.updateComment(id, body);
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
    return await github.createComment(issue, body);
  }
}

async function settle(github: GitHub, listed: readonly OwnComment[], written: OwnComment, body: string): Promise<Publication> {
  const seen = listed.find((comment) => comment.id === written.id);
  // The list may lag behind recent writes; only a newer run may replace our comment.
  const ours = seen !== undefined && compareStamps(seen.stamp, written.stamp) < 0 ? seen : written;
  const all = [ours, ...listed.filter((comment) => comment.id !== written.id)].toSorted(newestFirst);
  const [winner = ours, ...losers] = all;
  const notes: string[] = [];
  if (winner === written && seen !== undefined && compareStamps(written.stamp, seen.stamp) < 0) {
    await github.updateComment(written.id, body);
    notes.push('an older run had overwritten the comment, so it was written again');
  }
  const failed = await deleteAll(github, losers);
  if (failed > 0) notes.push(`${plural(failed, 'other comment')} of this gate could not be deleted`);
  if (compareStamps(winner.stamp, written.stamp) < 0) return givesWay(newerRun(winner.stamp));
  return { status: 'delivered', url: winner.url, notes };
}

/** Returns how many could not be deleted; one already deleted by another run counts as deleted. */
async function deleteAll(github: GitHub, comments: readonly OwnComment[]): Promise<number> {
  let failed = 0;
  for (const { id } of comments) {
    try {
      await github.deleteComment(id);
    } catch (thrown) {
      if (!(thrown instanceof GitHubError)) throw thrown;
      if (!isGone(thrown)) failed += 1;
    }
  }
  return failed;
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof GitHubError && (thrown.kind === 'not-found' || thrown.kind === 'gone');
}

function newerRun({ run, attempt }: Stamp): string {
  return `a newer run of this gate has already commented: run ${run}, attempt ${attempt}`;
}

function givesWay(reason: string): Publication {
  return { status: 'not-applicable', reason };
}
