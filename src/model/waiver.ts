export interface RulePair {
  readonly rule: string;
  readonly target: string;
}

/** An accepted exception: one rule for one target, with a reason, an owner and an expiry date. Formats are in docs/waivers.md. */
export interface Waiver {
  /** `cel/privileged`, `trivy/CVE-2024-3094`: engine and rule. */
  readonly rule: string;
  /** Glob of its target: a resource (`Deployment shop/web`), an image (`nginx:1.25`) or a file. */
  readonly target: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it is valid, `2026-12-31`, in UTC. */
  readonly expires: string;
  /** Only findings of these environments; absent for all. */
  readonly environments?: readonly string[];
  /** All that it applies to if that is more than `rule` and `target`: what a PolicyException exempts. */
  readonly pairs?: readonly RulePair[];
  /** `waivers` is .k8s-gate/waivers.yaml, `kyverno` a PolicyException; the others are VEX documents. */
  readonly source: 'waivers' | 'openvex' | 'cyclonedx' | 'kyverno';
  /** The justification in VEX terms: `vulnerable_code_not_in_execute_path`. */
  readonly justification?: string;
  /** Other names of the rule, from VEX: `trivy/GHSA-jfh8-c2jp-5v3q`. */
  readonly aliases?: readonly string[];
  /** Only findings about this package, from VEX; without a version, about all its versions in the image. */
  readonly component?: { readonly name: string; readonly version?: string };
  /** The file that contains it. */
  readonly file: string;
  readonly line: number;
}

/** `refused`: it exists but is not applied; `reason` explains why (the change's author may not waive their own findings). */
export const waiverStatuses = ['in-force', 'unused', 'expired', 'refused'] as const;
export type WaiverStatus = (typeof waiverStatuses)[number];

/** A waiver and its effect in this run. */
export interface WaiverUse {
  readonly waiver: Waiver;
  readonly status: WaiverStatus;
  /** The number of findings that it allowed. */
  readonly findings: number;
  readonly reason?: string;
}

/** The content of `.k8s-gate/waivers.yaml` and its VEX documents. */
export interface WaiverSet {
  readonly waivers: readonly Waiver[];
  /** `deny`: a waiver whose owner is the change's author is not applied to that change. */
  readonly selfWaiver: 'deny' | 'allow';
  /** VEX statements that cannot be matched to an image, and PolicyExceptions whose extent is unknown: they waive nothing. */
  readonly ignored?: readonly IgnoredStatement[];
  /** Waivers and entries of the baseline file that the organization does not allow, so they have no effect. */
  readonly refused?: readonly RefusedWaiver[];
}
export interface RefusedWaiver extends IgnoredStatement {
  readonly rule: string;
  readonly in?: 'baseline';
}
export interface IgnoredStatement {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}
