import type { Change } from './model/change.ts';
import { GateError } from './model/gate-error.ts';
import { reportMaxBytes } from './model/untrusted-json.ts';
import type { GitHub, Ports, PullRequestState } from './ports/ports.ts';
import { type ReadReport, readReport } from './reports/json/read.ts';
import { publishAll } from './reports/publish.ts';
import type { CommentSettings, Publisher } from './reports/publisher.ts';
import type { Delivery } from './reports/reporter.ts';

export interface Collected {
  /** Absolute path of the JSON report of another run. */
  readonly report: string;
  /** The workflow_run event of this job. */
  readonly change: Change;
  readonly publishers: readonly Publisher[];
  readonly gateName: string;
  /** By the input; the configuration is not read. Nobody is mentioned for an untrusted report. */
  readonly comment: CommentSettings;
  readonly gateVersion: string;
}

/**
 * Publishes the report collected by a pull request's own run, in a `workflow_run` job with a write token. The change could have altered that
 * run and its report: it is untrusted input, must match the commit of the event, and is informational only.
 * Throws GateError REPORT_UNTRUSTED.
 */
export async function publishCollected(
  { report, change, publishers, gateName, gateVersion, comment }: Collected,
  ports: Pick<Ports, 'files' | 'clock' | 'log'> & { readonly github: GitHub },
): Promise<readonly Delivery[]> {
  const from = change.triggeredBy;
  if (from === undefined) throw new GateError('INTERNAL', { message: 'there is no run whose report could be published' });
  if (from.event !== 'pull_request') throw untrusted(report, `the run was started by ${from.event}`, 'a run of pull_request');
  const read = readReport(await readFile(report, ports.files), report);
  if (read.change?.headSha !== from.headSha)
    throw untrusted(report, `it is about the commit ${read.change?.headSha ?? '(unknown)'}`, `the run’s own, ${from.headSha}`);
  const pulls = (await ports.github.pullRequestsOf(from.headSha)).filter(
    (pull) => pull.headRepository === from.headRepository && pull.headSha === from.headSha,
  );
  const pull = pulls.find(({ number }) => number === read.change?.pullRequest);
  if (pull === undefined) {
    if (pulls.length > 0)
      throw untrusted(report, 'it is about another pull request', pulls.map(({ number }) => `#${number}`).join(' or '));
    ports.log.info(`No open pull request has the head ${from.headSha} any more, so the report is not published.`);
    return [];
  }
  return publishAll(
    read.verdict,
    { reporters: [], publishers },
    { gateVersion, color: false, width: 120, gateName, ...prefixOf(read) },
    { ...ports, stdout: () => {} },
    { github: ports.github, gateName, comment, untrusted: true, headLine: read.headLine, change: judged(change, from, pull) },
  );
}

function prefixOf({ change }: ReadReport): { readonly pathPrefix?: string } {
  return change?.pathPrefix === undefined ? {} : { pathPrefix: change.pathPrefix };
}

/** The change that was judged, only with data from GitHub. */
function judged(change: Change, from: NonNullable<Change['triggeredBy']>, pull: PullRequestState): Change {
  const { number, author, fromFork, baseRef } = pull;
  return {
    ...change,
    event: 'pull_request',
    headSha: from.headSha,
    baseSha: pull.baseSha,
    ref: `refs/pull/${number}/head`,
    pullRequest: { number, author, fromFork, baseRef },
    run: { id: from.runId, attempt: from.runAttempt, url: from.runUrl },
  };
}

async function readFile(report: string, files: Ports['files']): Promise<string> {
  const found = await files.stat(report);
  if (found?.kind !== 'file')
    throw untrusted(
      report,
      found === undefined ? 'it does not exist' : `it is a ${found.kind}`,
      'the JSON report of `mode: collect`',
    );
  if (found.size > reportMaxBytes) throw untrusted(report, `it has ${found.size} bytes`, `at most ${reportMaxBytes}`);
  return files.readText(report);
}

function untrusted(file: string, message: string, expected: string): GateError {
  return new GateError('REPORT_UNTRUSTED', {
    message: `the report ${file} is not published: ${message}`,
    expected,
    next: 'Download the artifact of the run that triggered this workflow (run-id: github.event.workflow_run.id).',
  });
}
