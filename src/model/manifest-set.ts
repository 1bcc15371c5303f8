import type { PointerGap } from './deployed.ts';
import type { Gap } from './gap.ts';
import type { GateError } from './gate-error.ts';
import type { Image } from './image.ts';
import type { PolicyFile } from './policy.ts';
import type { Resource } from './resource.ts';

/** A file, chart or kustomization found by discovery; its status is part of the coverage. */
export interface SourceUnit {
  readonly kind: 'plain' | 'helm' | 'kustomize' | 'policy';
  /** Path relative to the workspace. */
  readonly path: string;
  /** `rendered` with 0 resources is valid (a file of comments) and still reported. */
  readonly status: 'rendered' | 'failed' | 'skipped';
  readonly resources: number;
  /** Why it was skipped: "part of chart charts/shop", "not a Kubernetes manifest". */
  readonly reason?: string;
  /** If it is rendered as part of another unit: the path of that unit. */
  readonly within?: string;
  /** Its rendered parts, named like gaps (`Gap.subject`). */
  readonly evaluated?: readonly string[];
}

/** Everything that would be deployed, and what could not be determined. */
export interface ManifestSet {
  readonly resources: readonly Resource[];
  /** Every resource, if `resources` are only the part of a shard: what they tell about the part is read, and they are not evaluated. */
  readonly whole?: readonly Resource[];
  readonly images: readonly Image[];
  readonly units: readonly SourceUnit[];
  readonly policies: readonly PolicyFile[];
  /** Each makes the verdict `error`: something may be deployed without having been evaluated. */
  readonly failures: readonly GateError[];
  /** Each becomes a finding `gate/not-evaluated`, so the outcome is never a plain pass. */
  readonly gaps: readonly Gap[];
  /** What is to be known about the sources: versions that a range was resolved to. */
  readonly notes?: readonly string[];
  /** By the uid of each resource that deploys others and whose sources were read: what of it was not rendered. */
  readonly pointers?: ReadonlyMap<string, readonly PointerGap[]>;
}
