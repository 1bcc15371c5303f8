import { gzipSync } from 'node:zlib';
import type { Change } from '../../model/change.ts';
import type { Publisher } from '../publisher.ts';
import { toSarif } from '../sarif-log.ts';
import { plural } from '../text.ts';

/**
 * Uploads the SARIF log, for who does not want a step with `github/codeql-action/upload-sarif`. The log is below 10 MB before gzip, so the
 * limit of 10 MB after it is always kept. GitHub answers before it has read the log; what it then finds wrong is on its tool status page.
 * https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 */
export const codeScanningPublisher: Publisher = {
  id: 'code-scanning',
  title: 'Code scanning',
  summary: 'Alerts of GitHub code scanning, one category for each engine and environment.',
  permission: 'security-events: write',
  async publish(verdict, context, { github }) {
    const { change, headLine, untrusted } = context;
    // Alerts outlive the pull request, and an upload that lacks them closes them: nothing an author could have made up goes there.
    if (untrusted) return { status: 'not-applicable', reason: 'alerts are made from trusted verdicts only' };
    const ref = refOf(change);
    if (ref === undefined) return { status: 'not-applicable', reason: `code scanning has no alerts for ${change.ref}` };
    const { text, left } = toSarif(verdict, context, { lineOf: headLine, ownIdentity: true });
    await github.uploadSarif({ commitSha: change.headSha, ref, sarif: gzipSync(text).toString('base64') });
    return {
      status: 'delivered',
      url: addressOf(change),
      notes: left === 0 ? [] : [`${plural(left, 'finding')} did not fit the upload; code scanning shows them as fixed`],
    };
  },
};

/** `refs/pull/7/head` goes with the head's commit, as `refs/pull/7/merge` would with the merge commit. Tags and branches stay. */
function refOf({ ref, pullRequest }: Change): string | undefined {
  if (pullRequest !== undefined) return `refs/pull/${pullRequest.number}/head`;
  return /^refs\/(?:heads|tags)\/./.test(ref) ? ref : undefined;
}

function addressOf({ serverUrl, repository, ref, pullRequest }: Change): string {
  const query = pullRequest === undefined ? `is:open ref:${ref}` : `is:open pr:${pullRequest.number}`;
  return `${serverUrl}/${repository}/security/code-scanning?query=${encodeURIComponent(query)}`;
}
