import type { Change } from '../model/change.ts';
import type { Verdict } from '../model/verdict.ts';
import type { GitHub, Ports } from '../ports/ports.ts';
import type { RenderContext } from './reporter.ts';

/**
 * The contract of a report sent by GitHub's API: a folder here and one line in registry.ts. Unlike a Reporter it uses the network and may
 * fail; an error is logged as `degraded` and never affects the verdict.
 */
export interface Publisher {
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table. */
  readonly summary: string;
  /** The permission that the job needs: `pull-requests: write`. */
  readonly permission: string;
  /** Throws GitHubError. */
  publish(verdict: Verdict, context: PublishContext, ports: PublishPorts): Promise<Publication>;
}

export interface PublishContext extends RenderContext {
  readonly change: Change;
  /** Distinguishes gates of one repository (`k8s-gate`, `k8s-gate production`) in markers, check names and SARIF categories. One line. */
  readonly gateName: string;
  /**
   * Maps a line of the judged files to the pull request's head. They differ if a merge commit was judged. Returns undefined if the head has
   * no such line. Files are relative to the workspace.
   */
  readonly headLine: (file: string, line: number) => number | undefined;
  /** The verdict comes from a job that the change could alter (a fork's): it is informational only. */
  readonly untrusted: boolean;
  readonly comment: CommentSettings;
}

/** From the configuration in force, which is that of the base commit. */
export interface CommentSettings {
  /** No new comment is made as long as nothing blocks, warns or was not evaluated. */
  readonly onlyFindings: boolean;
  readonly mentionOwners: boolean;
}

export type PublishPorts = Pick<Ports, 'clock' | 'log'> & { readonly github: GitHub };

export type Publication =
  | {
      readonly status: 'delivered';
      readonly url?: string /** What was left out and why, one line each. */;
      readonly notes: readonly string[];
    }
  /** There is no destination, for example no pull request. */
  | { readonly status: 'not-applicable'; readonly reason: string };
