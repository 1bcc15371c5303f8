import type { Change } from '../model/change.ts';
import type { Verdict } from '../model/verdict.ts';
import type { GitHub, Ports } from '../ports/ports.ts';
import type { RenderContext } from './reporter.ts';

/**
 * The contract of a report that goes to GitHub by its API: a folder here and one line in registry.ts. Unlike a Reporter it talks, so it
 * may fail; whatever it throws makes it `degraded`, which the log says and no verdict depends on.
 */
export interface Publisher {
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table. */
  readonly summary: string;
  /** The job's permission it needs: `pull-requests: write`. */
  readonly permission: string;
  /** Throws GitHubError. */
  publish(verdict: Verdict, context: PublishContext, ports: PublishPorts): Promise<Publication>;
}

export interface PublishContext extends RenderContext {
  readonly change: Change;
  /** Tells gates of one repository apart (`k8s-gate`, `k8s-gate production`): in markers, check names and SARIF categories. One line. */
  readonly gateName: string;
  /**
   * The line of the pull request's head that a line of the judged files is. They differ where a merge commit was judged. Undefined: the
   * head has no such line. Files are relative to the workspace.
   */
  readonly headLine: (file: string, line: number) => number | undefined;
  /** The verdict was made by a job that the change could alter (a fork's): it is shown, and concludes nothing. */
  readonly untrusted: boolean;
}

export type PublishPorts = Pick<Ports, 'clock' | 'log'> & { readonly github: GitHub };

export type Publication =
  | {
      readonly status: 'delivered';
      readonly url?: string /** What was left out and why, one line each. */;
      readonly notes: readonly string[];
    }
  /** There is nowhere to put it: no pull request, say. */
  | { readonly status: 'not-applicable'; readonly reason: string };
