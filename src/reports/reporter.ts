import type { Change } from '../model/change.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ports } from '../ports/ports.ts';

/** The contract of a reporter: a folder here and one line in registry.ts. It reads the verdict and changes nothing of it. */
export interface Reporter {
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table. */
  readonly summary: string;
  /** File name where the user asks for it by `--output <id>` without a path: `k8s-gate.sarif`; absent for reporters of the GitHub runner. */
  readonly defaultFile?: string;
  /** A Publisher whose delivery makes this report needless: it is for where that one can't be had. */
  readonly standsInFor?: string;
  /** Pure: the whole text. */
  render(verdict: Verdict, context: RenderContext): string;
}

export interface RenderContext {
  readonly gateVersion: string;
  readonly generatedAt: Date;
  /** Terminal colours; false for files. */
  readonly color: boolean;
  /** Characters of a terminal line. */
  readonly width: number;
  /**
   * Folder of the workspace within the repository, `apps/shop`, where it is not the root: GitHub wants paths from the root, in SARIF
   * and annotations. Every other report names files as the user does, from the workspace.
   */
  readonly pathPrefix?: string;
  /** What is judged, where the runner told. Absent for a local run. */
  readonly change?: Change;
  /** Tells gates of one repository apart in what outlives a run, such as SARIF categories; absent: `k8s-gate`. */
  readonly gateName?: string;
  /**
   * The line of the change's head that a line of the judged files is: they differ where a merge commit was judged. Undefined where the head has no
   * such line. Absent where nothing is known of a head. Files are relative to the workspace.
   */
  readonly headLine?: (file: string, line: number) => number | undefined;
}

/** Where one report goes. */
export type Destination =
  | { readonly kind: 'file'; readonly path: string } // absolute
  | { readonly kind: 'stdout' }
  | { readonly kind: 'log' } // for people, line by line, made safe by the log
  | { readonly kind: 'append'; readonly path: string }; // GITHUB_STEP_SUMMARY

export interface BoundReporter {
  readonly reporter: Reporter;
  readonly destination: Destination;
}

/** A report that could not be delivered is said in the log; it never changes the verdict. */
export type Delivery =
  | {
      readonly status: 'delivered';
      readonly reporter: string;
      readonly destination: Destination | { readonly kind: 'github'; readonly url?: string };
    }
  | { readonly status: 'not-applicable'; readonly reporter: string; readonly reason: string }
  | { readonly status: 'degraded'; readonly reporter: string; readonly reason: string };

export type ReportPorts = Pick<Ports, 'files' | 'clock' | 'log'> & { readonly stdout: (text: string) => void };
