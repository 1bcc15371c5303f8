/** Supported events. Any other is refused: an event that we have not considered must not pass. */
export const eventNames = [
  'push',
  'pull_request',
  'pull_request_target',
  'merge_group',
  'schedule',
  'workflow_dispatch',
  'workflow_run',
] as const;
export type EventName = (typeof eventNames)[number];

/** The pull request of a change, from GitHub's event payload. */
export interface PullRequest {
  readonly number: number;
  /** Login of the user who opened it; empty if the account was deleted. */
  readonly author: string;
  /** The head is in another repository, so the job's token is read-only. Also true if the head repository was deleted. */
  readonly fromFork: boolean;
  readonly baseRef: string;
}

/** The runner's event, parsed: what is judged and where reports go. Commits are full SHAs in lower case. */
export interface Change {
  readonly event: EventName;
  /** `owner/name` of the repository the workflow runs in. */
  readonly repository: string;
  /** `https://github.com`, or the address of a GitHub Enterprise Server; no slash at its end. */
  readonly serverUrl: string;
  /** The commit that reports refer to: a pull request's own head, not the checked out merge commit. */
  readonly headSha: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** Tip of the target branch, from which the gate is configured. Absent for events without one (push, schedule). */
  readonly baseSha?: string;
  /** For events without a base: what findings can be compared with. The gate is never configured from it. */
  readonly previous?: Previous;
  readonly pullRequest?: PullRequest;
  readonly run: WorkflowRun;
  /** The finished run whose report is to be delivered; only for `workflow_run`. */
  readonly triggeredBy?: TriggeringRun;
}

/** The commit that the default branch had before a push, or why there is none to compare with. */
export type Previous =
  | { readonly status: 'known'; readonly sha: string }
  /** `reason` is a sentence without a full stop. */
  | { readonly status: 'none'; readonly reason: string };

export interface WorkflowRun {
  readonly id: number;
  /** From 1; incremented by each re-run. */
  readonly attempt: number;
  /** The page of the run, with its summary. */
  readonly url: string;
}

/** The run that triggered a `workflow_run` event. The change could have altered its workflow, so none of its artifacts are trusted. */
export interface TriggeringRun {
  /** The commit it ran for; for a pull request, its head. */
  readonly headSha: string;
  /** `owner/name` of the commit's repository, possibly a fork; absent if that repository was deleted. */
  readonly headRepository?: string;
  /** `success`, `failure`, `cancelled` ...; absent if GitHub did not send one. */
  readonly conclusion?: string;
  /** The event that started it, usually `pull_request`. Any GitHub event, so not an EventName. */
  readonly event: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runUrl: string;
  /** Open pull requests of this repository with that head. GitHub omits those of forks, which have to be looked up by commit. */
  readonly pullRequests: readonly TriggeringPullRequest[];
}

export interface TriggeringPullRequest {
  readonly number: number;
  /** Its head when the event was sent; differs from `headSha` after a newer push. */
  readonly headSha: string;
  readonly baseSha: string;
}
