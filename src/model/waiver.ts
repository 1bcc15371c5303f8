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
  /** Other names of the rule, from VEX: `trivy/GHSA-jfh8-c2jp-5v3q`. */
  readonly aliases?: readonly string[];
  /** Only findings about this package, from VEX; without a version, about any of its versions in the image. */
  readonly component?: { readonly name: string; readonly version?: string };
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

/** What was read of `.k8s-gate/waivers.yaml` and the VEX documents it names. */
export interface WaiverLedger {
  readonly waivers: readonly Waiver[];
  /** `deny`: a waiver whose owner is the change's author does not hold in that change. */
  readonly selfWaiver: 'deny' | 'allow';
  /** VEX statements that would waive something and that the gate can't relate to an image: their findings stand. */
  readonly ignored?: readonly IgnoredStatement[];
}
export interface IgnoredStatement {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}
