import { gzipSync } from 'node:zlib';
import type { Change } from '../../model/change.ts';
import type { Publisher } from '../publisher.ts';
import { toSarif } from '../sarif-log.ts';
import { plural } from '../text.ts';

/**
 * Uploads the SARIF log without a `github/codeql-action/upload-sarif` step. The log is below 10 MB before gzip, so it is always within
 * GitHub's limit of 10 MB after gzip. GitHub processes uploads asynchronously and shows later errors on its tool status page.
 * https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 */
export const codeScanningPublisher: Publisher = {
  id: 'code-scanning',
  title: 'Code scanning',
  summary: 'Alerts of GitHub code scanning, one category for each engine and environment.',
  permission: 'security-events: write',
  async publish(verdict, context, { github }) {
    const { change, headLine, untrusted } = context;
    // Alerts outlive the pull request, and an upload without them closes them: never upload a verdict that the author could have forged.
    if (untrusted) return { status: 'not-applicable', reason: 'alerts are only created from trusted verdicts' };
    const ref = refOf(change);
    if (ref === undefined) return { status: 'not-applicable', reason: `code scanning does not support alerts for ${change.ref}` };
    const { text, left } = toSarif(verdict, context, { lineOf: headLine, ownIdentity: true });
    await github.uploadSarif({ commitSha: change.headSha, ref, sarif: gzipSync(text).toString('base64') });
    return {
      status: 'delivered',
      url: addressOf(change),
      notes: left === 0 ? [] : [`${plural(left, 'finding')} did not fit into the upload; code scanning will show them as fixed`],
    };
  },
};

/** Pull requests are uploaded as `refs/pull/7/head`, which matches the head commit; branches and tags keep their ref. */
function refOf({ ref, pullRequest }: Change): string | undefined {
  if (pullRequest !== undefined) return `refs/pull/${pullRequest.number}/head`;
  return /^refs\/(?:heads|tags)\/./.test(ref) ? ref : undefined;
}

function addressOf({ serverUrl, repository, ref, pullRequest }: Change): string {
  const query = pullRequest === undefined ? `is:open ref:${ref}` : `is:open pr:${pullRequest.number}`;
  return `${serverUrl}/${repository}/security/code-scanning?query=${encodeURIComponent(query)}`;
}
