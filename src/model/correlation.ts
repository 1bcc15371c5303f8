import type { FieldPath } from './field-path.ts';

/** A rule of one engine, or the part of it that is about a cause. */
export interface CauseRule {
  readonly engine: string;
  /** The rule's name; of Kyverno, a policy's name stands for all its rules. */
  readonly rule: string;
  /** Only findings about a field that ends like this: one rule speaks of several fields. */
  readonly field?: FieldPath;
  /** Only findings whose title has this in it: one rule says several things of one field. */
  readonly says?: string;
}

/** What several engines say, each in its own words. */
export interface Cause {
  /** `privileged`: part of the fingerprint of what it is about, so never renamed. */
  readonly id: string;
  readonly title: string;
  readonly rules: readonly CauseRule[];
  /** A pod may set it for all its containers: what an engine says of the pod can be about its one container. */
  readonly inherited: boolean;
  /** Names of the lists whose items are told apart: `containers`, `volumes`. */
  readonly items: readonly string[];
  /** What Pod Security calls it, in the words of https://github.com/kubernetes/pod-security-admission/tree/master/policy */
  readonly podSecurity: readonly string[];
}

export type Correlation = readonly Cause[];
