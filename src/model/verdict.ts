import type { BaselineUse } from './baseline.ts';
import type { Comparison, FindingState } from './comparison.ts';
import type { Finding } from './finding.ts';
import type { GateError } from './gate-error.ts';
import type { ContainerKind } from './image.ts';
import type { ImageInventory } from './image-inventory.ts';
import type { RenderedDiff } from './rendered-diff.ts';
import type { UsedData } from './risk.ts';
import type { Action, Severity } from './severity.ts';
import type { SeverityPolicy } from './severity-condition.ts';
import type { Waiver, WaiverUse } from './waiver.ts';

export const outcomes = ['pass', 'warn', 'block', 'error'] as const;
export type Outcome = (typeof outcomes)[number];

/** A finding with the action of the policy. `decidedBy` may also be `waiver`, `only-new`, `baseline` or `test-hook`. */
export interface JudgedFinding {
  readonly finding: Finding;
  readonly action: Action;
  /** The policy that decided: "default" or the environment's name. */
  readonly decidedBy: string;
  /** The facts about a vulnerability that conditions of the policy decided by. Plain text with untrusted versions. */
  readonly because?: string;
  /** Compared with the base commit; absent without a base. */
  readonly state?: FindingState;
  /** For a new finding: the environments in which it is new. Absent if it is new in all of them, or belongs to none. */
  readonly newIn?: readonly string[];
  /** Why a finding counts as new although the base has it at the same location. Plain text with untrusted names. */
  readonly newBecause?: string;
  /** The waiver that allows it; `action` is then `allow`. */
  readonly waiver?: Waiver;
}

export type CoverageStatus = 'evaluated' | 'not-applicable' | 'skipped' | 'failed';

/** The result of one engine for one item. */
export interface CoverageEntry {
  readonly engine: string;
  readonly status: CoverageStatus;
  /** Why not, for everything but `evaluated`. */
  readonly reason?: string;
}

/** One item that had to be evaluated. Reports list all of them, so that gaps are visible. */
export interface CoverageRow {
  readonly kind: 'file' | 'resource' | 'image' | 'result' | 'cluster';
  /** File path, resource label, image reference or node. */
  readonly label: string;
  /** Where it comes from, for resources: `shop/web.yaml`. */
  readonly source?: string;
  readonly entries: readonly CoverageEntry[];
}

/** An image used in the manifests, scanned or not. */
export interface ImageRow {
  /** As written. */
  readonly reference: string;
  readonly uses: readonly {
    readonly resource: string;
    readonly field: string;
    readonly kind: ContainerKind;
    readonly file: string;
    readonly line: number;
  }[];
}

/** What the policies of a change would do after the merge, applied to the manifests of the change. It does not affect this verdict. */
export type PolicyPreview =
  | {
      readonly status: 'known';
      /** Findings that would newly block or warn. */
      readonly refused: readonly JudgedFinding[];
      /** How many findings that block or warn now would disappear. */
      readonly lifted: number;
    }
  /** The changed policies cannot be evaluated. */
  | { readonly status: 'unavailable'; readonly reason: string };

export interface EngineSummary {
  readonly engine: string;
  readonly title: string;
  readonly status: 'completed' | 'skipped' | 'failed';
  readonly version?: string;
  readonly findings: number;
  readonly evaluated: number;
  readonly durationMs?: number;
  /** Why skipped or failed. */
  readonly reason?: string;
  readonly notes: readonly string[];
}

/** What a verdict was reached from. Digests are `sha256:…`. */
export interface VerdictEvidence {
  /** The commit that was checked out. */
  readonly commit: string;
  /** The work tree had other files than the commit. */
  readonly uncommittedChanges: boolean;
  /** Of all rendered resources, images and policies. */
  readonly manifests: string;
  /** Of the settings in force and the waivers. */
  readonly configuration: string;
  readonly deployables: readonly {
    readonly kind: string;
    readonly path: string;
    readonly status: string;
    readonly resources: number;
  }[];
  readonly images: readonly { readonly reference: string; readonly digest?: string }[];
  readonly policies: readonly { readonly file: string; readonly digest: string }[];
  /** Engine id -> name of a database -> digest. */
  readonly databases: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The result of the gate. Reporters read it; only main.ts and cli.ts map it to an exit code. */
export interface Verdict {
  readonly outcome: Outcome;
  /** The reason for the outcome, in one sentence. */
  readonly reason: string;
  /** Worst first: by action, known exploitation, severity, EPSS score in tenths, file, line, rule. */
  readonly findings: readonly JudgedFinding[];
  readonly counts: Readonly<Record<Action, number>>;
  readonly severities: Readonly<Record<Severity, number>>;
  /** Any error makes the outcome `error`, unless it is `block`. */
  readonly errors: readonly GateError[];
  readonly engines: readonly EngineSummary[];
  readonly coverage: readonly CoverageRow[];
  /** The policies that were in force: `default` and each environment. */
  readonly policies: Readonly<Record<string, SeverityPolicy>>;
  /** Data about the exploitation of vulnerabilities. Absent if none was used. */
  readonly riskData?: readonly UsedData[];
  /** Absent if the event has no base (push, schedule, a local run). */
  readonly comparison?: Comparison;
  /** What the base and the change deploy, compared. Absent if the base was not rendered. */
  readonly difference?: RenderedDiff;
  /** Absent if the change does not modify policies. */
  readonly preview?: PolicyPreview;
  /** Every waiver that was read, used or not. */
  readonly waivers: readonly WaiverUse[];
  /** What the baseline file accepts; absent without one. */
  readonly accepted?: BaselineUse;
  /** Absent if no report needs it. */
  readonly evidence?: VerdictEvidence;
  /** Every image with its packages. Absent if no report needs it. */
  readonly inventory?: readonly ImageInventory[];
  /** Absent if empty. */
  readonly images?: readonly ImageRow[];
  readonly totals: { readonly files: number; readonly resources: number; readonly images: number };
}
