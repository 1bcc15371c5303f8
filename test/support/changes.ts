import type { Change } from '../../src/model/change.ts';
import type { PublishContext } from '../../src/reports/publisher.ts';
import { renderContext } from './verdicts.ts';

/** A pull request of the repository itself. */
export const pullRequestChange: Change = {
  event: 'pull_request',
  repository: 'octo/shop',
  serverUrl: 'https://github.example',
  headSha: 'a'.repeat(40),
  baseSha: 'b'.repeat(40),
  ref: 'refs/pull/7/merge',
  pullRequest: { number: 7, author: 'dev', fromFork: false, baseRef: 'main' },
  run: { id: 4711, attempt: 1, url: 'https://github.example/octo/shop/actions/runs/4711' },
};

export const publishContext: PublishContext = {
  ...renderContext,
  change: pullRequestChange,
  gateName: 'k8s-gate',
  headLine: (_file, line) => line,
  untrusted: false,
  comment: { onlyFindings: false, mentionOwners: false },
};
