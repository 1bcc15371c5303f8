import type { FieldPath } from './field-path.ts';
import type { SourceLocation } from './location.ts';
import type { Severity } from './severity.ts';

/** What a finding is about. */
export type Subject =
  | { readonly kind: 'resource'; readonly resource: string; readonly path: FieldPath } // Resource.uid
  | { readonly kind: 'image'; readonly reference: string; readonly component?: string } // component: "openssl 3.0.2"
  | { readonly kind: 'file'; readonly location: SourceLocation } // a foreign SARIF result, a secret in a file
  | { readonly kind: 'cluster'; readonly node: string }; // kube-bench

/** How to mend it: prose always, a fixed version or a patch where the engine or rule knows one. */
export interface Fix {
  readonly text: string;
  readonly fixedVersion?: string;
  /** RFC 6902 operations on the resource, as JSON. */
  readonly patch?: readonly JsonPatchOperation[];
}
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  /** RFC 6901 pointer. */
  readonly path: string;
  readonly value?: unknown;
}

export const categories = ['vulnerability', 'misconfiguration', 'secret', 'policy', 'best-practice', 'benchmark'] as const;
export type Category = (typeof categories)[number];

/** One complaint of one engine, in our words. Self-contained: a reporter needs nothing else to print it. */
export interface EngineFinding {
  /** Engine id of the registry. */
  readonly engine: string;
  /** The rule's name in the engine's own vocabulary: `CVE-2024-3094`, `KSV-0017`, `run-as-non-root`, `require-limits/check`. */
  readonly rule: string;
  /** Which part of the rule, where it has several (`validations[2]`): it keeps their findings on one field apart. */
  readonly check?: string;
  readonly category: Category;
  /** One line, what is wrong here. Plain text from outside: reporters escape it. */
  readonly title: string;
  /** Why it matters; may be several sentences. */
  readonly detail?: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly fix?: Fix;
  /** https only. */
  readonly helpUrl?: string;
}

/** A finding with its place and identity. */
export interface Finding extends EngineFinding {
  /** SHA-256 (hex, 32 characters) over rule, subject identity and field: the same complaint next week has the same one. */
  readonly fingerprint: string;
  /** Identities it is looked for by in the base commit, one for each resource it was merged from; no tag or version in them. */
  readonly baselineKeys?: readonly string[];
  /** Of a critical finding: what runs, or stands, at the place that it is about, for each resource it was merged from. */
  readonly about?: readonly About[];
  /** Files, charts and kustomizations that its resources were rendered from. */
  readonly units?: readonly string[];
  /** All of its resources are Helm test hooks. */
  readonly testHook?: boolean;
  /** Every place that causes it: one for a resource, one a use for an image. Empty only for `cluster`. */
  readonly locations: readonly SourceLocation[];
  /** Labels of the resources it concerns ("Deployment shop/web"). */
  readonly resources: readonly string[];
  readonly environments: readonly string[];
  /** All engines that said it; `engine` is the first. */
  readonly sources: readonly FindingSource[];
  /** Id of what several engines know by names of their own (policies/correlation.yaml): `privileged`. */
  readonly cause?: string;
  /** Of a vulnerability, what makes it worse where its image runs: `runs privileged`. Plain text with names from outside. */
  readonly context?: readonly string[];
}
/** What a finding is about in one resource. A change of it makes an old finding a new one. */
export interface About {
  /** The baseline key of the finding in this resource. */
  readonly key: string;
  readonly environments: readonly string[];
  /** Part in words, such as `the image of container web` -> digest of its value. */
  readonly parts: Readonly<Record<string, string>>;
}
export interface FindingSource {
  readonly engine: string;
  readonly rule: string;
  readonly severity: Severity;
  /** Its own words, where the finding has those of another source. */
  readonly title?: string;
}
