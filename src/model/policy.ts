/** The engine that evaluates a policy file, determined by apiVersion and kind, or the `.rego` extension. */
export const policyLanguages = ['cel', 'kyverno', 'rego', 'gatekeeper'] as const;
export type PolicyLanguage = (typeof policyLanguages)[number];

/** A policy file as text: engines never read policies from the work tree, so that they can come from the base commit. */
export interface PolicyFile {
  /** Path relative to the workspace, or `k8s-gate:policies/…` for the embedded pack. */
  readonly file: string;
  readonly language: PolicyLanguage;
  readonly text: string;
}

/** A user's policy that matches no resource of a set. */
export interface UnaskedPolicy {
  /** Its name in findings. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** What it matches: `deployment of app`. */
  readonly about: string;
  /** A likely typo and its correction: `deployment: perhaps deployments`. Absent if it may be meant for other resources. */
  readonly suspect?: string;
}
