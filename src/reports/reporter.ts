import type { Change } from '../model/change.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ports } from '../ports/ports.ts';

/** The contract of a reporter: a folder here and one line in registry.ts. It only reads the verdict. */
export interface Reporter {
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table. */
  readonly summary: string;
  /** File name for `--output <id>` without a path: `k8s-gate.sarif`; absent for reporters of the GitHub runner. */
  readonly defaultFile?: string;
  /** The Publisher that this report is a fallback for: it is only delivered if that one was not. */
  readonly standsInFor?: string;
  /** It reports what the verdict was reached from, which is only determined for such reports. */
  readonly needsEvidence?: true;
  /** It reports the packages of images, which are only collected for such reports. */
  readonly needsInventory?: true;
  /** Pure: the whole text. */
  render(verdict: Verdict, context: RenderContext): string;
  /** The same text in parts, for a log that can fold them. */
  sections?(verdict: Verdict, context: RenderContext): readonly LogSection[];
}

export interface LogSection {
  /** Present: the lines are folded below it. */
  readonly folded?: string;
  readonly lines: readonly string[];
}

export interface RenderContext {
  readonly gateVersion: string;
  readonly generatedAt: Date;
  /** Terminal colors; false for files. */
  readonly color: boolean;
  /** Characters of a terminal line. */
  readonly width: number;
  /** The terminal lists findings that the policy allows, instead of counting them. */
  readonly showAllowed?: boolean;
  /**
   * The folder of the workspace within the repository (`apps/shop`) if it is not the root: GitHub expects paths from the root in SARIF and
   * annotations. All other reports use paths relative to the workspace.
   */
  readonly pathPrefix?: string;
  /** The project on GitLab, where a job of it runs the command. */
  readonly site?: GitLabSite;
  /** The change as described by the runner. Absent for a local run. */
  readonly change?: Change;
  /** Distinguishes several gates of one repository where reports outlive a run, such as in SARIF categories; default `k8s-gate`. */
  readonly gateName?: string;
  /**
   * Maps a line of the judged files to the change's head: they differ if a merge commit was judged. Returns undefined if the head has no
   * such line. Absent if the head is unknown. Files are relative to the workspace.
   */
  readonly headLine?: (file: string, line: number) => number | undefined;
}

/** Addresses from variables of a job, which are `http` or `https` where they are linked. */
export interface GitLabSite {
  readonly project: string;
  readonly sha: string;
  /** The page of the job. */
  readonly job?: string;
}

/** The destination of one report. */
export type Destination =
  | { readonly kind: 'file'; readonly path: string } // absolute
  | { readonly kind: 'stdout' }
  | { readonly kind: 'log' } // for people, line by line, made safe by the log
  | { readonly kind: 'append'; readonly path: string }; // GITHUB_STEP_SUMMARY

export interface BoundReporter {
  readonly reporter: Reporter;
  readonly destination: Destination;
}

/** A report that could not be delivered is logged; it never changes the verdict. */
export type Delivery =
  | {
      readonly status: 'delivered';
      readonly reporter: string;
      readonly destination: Destination | { readonly kind: 'github'; readonly url?: string };
    }
  | { readonly status: 'not-applicable'; readonly reporter: string; readonly reason: string }
  | { readonly status: 'degraded'; readonly reporter: string; readonly reason: string };

export type ReportPorts = Pick<Ports, 'files' | 'clock' | 'log'> & { readonly stdout: (text: string) => void };
