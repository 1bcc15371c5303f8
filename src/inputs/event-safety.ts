import type { Change } from '../model/change.ts';
import { GateError } from '../model/gate-error.ts';

/** judge: judge and report. collect: judge, call no API. publish: deliver what another run collected. merge: judge by what shards found. */
export const gateModes = ['judge', 'collect', 'publish', 'merge'] as const;
export type GateMode = (typeof gateModes)[number];

/**
 * Refuses a mode where the event makes it unsafe or meaningless. Rendering executes code of the change (charts, generators), so it must
 * never happen in a job that has the repository's secrets, as those of pull_request_target and workflow_run do.
 * https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
export function refuseUnsafe(change: Pick<Change, 'event'>, mode: GateMode): void {
  if (change.event === 'pull_request_target')
    throw new GateError('INPUT_INVALID', {
      message:
        'pull_request_target runs with the secrets of the base repository: with the head checked out, a stranger’s charts would be ' +
        'rendered next to them; with the base checked out, the verdict would not cover the change',
      next:
        'Use `on: pull_request`. To comment on pull requests from forks, collect there (`mode: collect`) and deliver in a second ' +
        'workflow `on: workflow_run` (`mode: publish`): see docs/github.md.',
    });
  if (change.event === 'workflow_run' && mode !== 'publish')
    throw new GateError('INPUT_INVALID', {
      message: `mode ${mode} can’t run under workflow_run: it has secrets, and its checkout is the default branch, not the change`,
      next: 'Evaluate under `on: pull_request` with `mode: collect`; here, set `mode: publish`. See docs/github.md.',
    });
  if (mode === 'publish' && change.event !== 'workflow_run')
    throw new GateError('INPUT_INVALID', {
      message: `mode publish delivers the report of a finished run and can’t run under ${change.event}`,
      next: 'Put it into a workflow `on: workflow_run` with `types: [completed]`; here, leave `mode` out. See docs/github.md.',
    });
}
