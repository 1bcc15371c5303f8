/** Who evaluates a policy file; told by its content: apiVersion and kind, or the `.rego` ending. */
export const policyLanguages = ['cel', 'kyverno', 'rego'] as const;
export type PolicyLanguage = (typeof policyLanguages)[number];

/** A policy file as text: engines never read policies from the working tree, so that a later stage can take them from the base commit. */
export interface PolicyFile {
  /** Path relative to the workspace, or `k8s-gate:policies/…` for the embedded pack. */
  readonly file: string;
  readonly language: PolicyLanguage;
  readonly text: string;
}

/** A user's policy that is about no resource of a set. */
export interface UnaskedPolicy {
  /** As findings name it. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** What it asks for: `deployment of app`. */
  readonly about: string;
  /** What is most likely a typo in it, and what was meant: `deployment: perhaps deployments`. Absent: it may well be about something else. */
  readonly suspect?: string;
}
