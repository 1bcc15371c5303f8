import type { FieldPath } from './field-path.ts';

/** A rule of one engine, or the part of it with this cause. */
export interface CauseRule {
  readonly engine: string;
  /** The rule's name; for Kyverno, a policy name covers all its rules. */
  readonly rule: string;
  /** Only findings about a field with this suffix, for rules that check several fields. */
  readonly field?: FieldPath;
  /** Only findings whose title contains this, for rules with several checks of one field. */
  readonly says?: string;
}

/** A root cause that several engines report under their own rules. */
export interface Cause {
  /** `privileged`: part of the fingerprints of its findings, so never rename it. */
  readonly id: string;
  readonly title: string;
  readonly rules: readonly CauseRule[];
  /** A pod may set it for all its containers, so a finding about the pod can refer to its only container. */
  readonly inherited: boolean;
  /** Names of the lists whose items are distinguished: `containers`, `volumes`. */
  readonly items: readonly string[];
  /** Its names in Pod Security messages: https://github.com/kubernetes/pod-security-admission/tree/master/policy */
  readonly podSecurity: readonly string[];
}

export type Correlation = readonly Cause[];
