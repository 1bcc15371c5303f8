/** Events the gate knows. Any other is refused: an event nobody thought of must not pass. */
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

/** The pull request a change belongs to, as GitHub's event payload tells it. */
export interface PullRequest {
  readonly number: number;
  /** Login of who opened it; empty where the account is gone. */
  readonly author: string;
  /** The head stands in another repository: the job's token can only read. True too where the head repository is gone. */
  readonly fromFork: boolean;
  readonly baseRef: string;
}

/** What is judged and where the answer belongs: the runner's event, parsed. Commits are full SHAs, lower case. */
export interface Change {
  readonly event: EventName;
  /** `owner/name` of the repository the workflow runs in. */
  readonly repository: string;
  /** `https://github.com`, or the address of a GitHub Enterprise Server; no slash at its end. */
  readonly serverUrl: string;
  /** The commit that reports are about: a pull request's own head, not the merge commit that is checked out. */
  readonly headSha: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** Tip of the branch it is to be merged into: the gate is configured from there. Absent where there is none (push, schedule). */
  readonly baseSha?: string;
  readonly pullRequest?: PullRequest;
  readonly run: WorkflowRun;
  /** The finished run whose report is to be delivered; of `workflow_run` alone. */
  readonly triggeredBy?: TriggeringRun;
}

export interface WorkflowRun {
  readonly id: number;
  /** From 1; grows with each re-run. */
  readonly attempt: number;
  /** Page of the run, with its summary. */
  readonly url: string;
}

/** The run that a `workflow_run` event is about. A change could have altered its workflow, so nothing that it left behind is trusted. */
export interface TriggeringRun {
  /** The commit it ran for: of a pull request, its head. */
  readonly headSha: string;
  /** `owner/name` that commit came from, a fork maybe; absent where that repository is gone. */
  readonly headRepository?: string;
  /** `success`, `failure`, `cancelled` ...; absent where GitHub named none. */
  readonly conclusion?: string;
  /** What started it, `pull_request` as a rule: any event GitHub has, so no EventName. */
  readonly event: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly runUrl: string;
  /** Open pull requests of this repository with that head. GitHub leaves out those of forks: ask for them by the commit. */
  readonly pullRequests: readonly TriggeringPullRequest[];
}

export interface TriggeringPullRequest {
  readonly number: number;
  /** Its head when the event was sent: not `headSha` where somebody pushed since. */
  readonly headSha: string;
  readonly baseSha: string;
}
