import { createHeadLines } from './findings/head-lines.ts';
import type { Inputs } from './inputs/inputs.ts';
import type { Change } from './model/change.ts';
import { toGateError } from './model/gate-error.ts';
import type { Verdict } from './model/verdict.ts';
import type { GitHub, Ports } from './ports/ports.ts';
import { publishAll } from './reports/publish.ts';
import type { PublishContext } from './reports/publisher.ts';
import type { Delivery, GitLabSite } from './reports/reporter.ts';

export interface DeliverContext {
  readonly ports: Ports;
  readonly gateVersion: string;
  readonly stdout: (text: string) => void;
  readonly terminal: { readonly color: boolean; readonly width: number; readonly showAllowed?: boolean };
  /** Absent outside of GitLab. */
  readonly site?: GitLabSite;
  /** The runner's event; absent for the command. */
  readonly change?: Change;
  /** Absent: no report goes to GitHub. */
  readonly github?: GitHub;
}

/** Writes every report: files, the log, the job summary, and GitHub if there is a change and a token. Never rejects. */
export async function deliver(verdict: Verdict, inputs: Inputs, context: DeliverContext): Promise<readonly Delivery[]> {
  const { ports, change, github } = context;
  ports.log.group?.(undefined);
  const { checkout } = inputs.config;
  const head = await ports.git.head(checkout).catch(() => undefined);
  const prefix = head?.prefix ?? '';
  const headLine = change && (await headLines(checkout, head?.sha, prefix, change, ports));
  const render = {
    gateVersion: context.gateVersion,
    ...context.terminal,
    gateName: inputs.gateName,
    ...(context.site !== undefined && { site: context.site }),
    ...(prefix !== '' && { pathPrefix: prefix }),
    ...(change !== undefined && { change }),
    ...(headLine !== undefined && { headLine }),
  };
  const reports = { reporters: inputs.reporters, publishers: inputs.publishers };
  const reportPorts = { ...ports, stdout: context.stdout };
  if (change === undefined || github === undefined || headLine === undefined)
    return publishAll(verdict, reports, render, reportPorts);
  const { gateName, comment } = inputs;
  return publishAll(verdict, reports, render, reportPorts, { change, github, headLine, gateName, comment, untrusted: false });
}

/** Lines of a merge commit are not those of the head that GitHub shows. If they cannot be mapped, no line is reported. */
async function headLines(
  checkout: string,
  sha: string | undefined,
  prefix: string,
  { headSha }: Change,
  { git, log }: Pick<Ports, 'git' | 'log'>,
): Promise<PublishContext['headLine']> {
  if (sha === headSha) return (_file, line) => line;
  try {
    if (sha === undefined) throw new Error('the checkout is not a git repository');
    await git.fetchCommit(checkout, headSha);
    return createHeadLines(await git.diff(checkout, sha, headSha), prefix);
  } catch (thrown) {
    log.warn(
      `Could not map lines to commit ${headSha.slice(0, 12)}; findings are reported without lines: ${toGateError(thrown).message}`,
    );
    return () => undefined;
  }
}
