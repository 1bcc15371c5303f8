/** An agreed exception: one rule on one target, with a reason, an owner and an end. Formats are in docs/waivers.md. */
export interface Waiver {
  /** `cel/privileged`, `trivy/CVE-2024-3094`: engine and rule. */
  readonly rule: string;
  /** Glob of what it is about: a resource (`Deployment shop/web`), an image (`nginx:1.25`) or a file. */
  readonly target: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day it holds, `2026-12-31`, in UTC. */
  readonly expires: string;
  /** Only findings of these environments; absent: all. */
  readonly environments?: readonly string[];
  /** `waivers` is the gate's own ledger; the others are VEX documents. */
  readonly source: 'waivers' | 'openvex' | 'cyclonedx';
  /** VEX's own word: `vulnerable_code_not_in_execute_path`. */
  readonly justification?: string;
  /** Where it is written. */
  readonly file: string;
  readonly line: number;
}

/** `refused`: it is there and does not hold, and `reason` says why (the change's author may not waive their own finding). */
export const waiverStatuses = ['in-force', 'unused', 'expired', 'refused'] as const;
export type WaiverStatus = (typeof waiverStatuses)[number];

/** A waiver and what became of it in this run. */
export interface WaiverUse {
  readonly waiver: Waiver;
  readonly status: WaiverStatus;
  /** Findings it allowed. */
  readonly findings: number;
  readonly reason?: string;
}
