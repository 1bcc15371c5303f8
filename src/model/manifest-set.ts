import type { Gap } from './gap.ts';
import type { GateError } from './gate-error.ts';
import type { Image } from './image.ts';
import type { PolicyFile } from './policy.ts';
import type { Resource } from './resource.ts';

/** A file, chart or kustomization that was found: what became of it feeds the ledger. */
export interface SourceUnit {
  readonly kind: 'plain' | 'helm' | 'kustomize' | 'policy';
  /** Path relative to the workspace. */
  readonly path: string;
  /** `rendered` with 0 resources is legal (a file of comments) and still shown. */
  readonly status: 'rendered' | 'failed' | 'skipped';
  readonly resources: number;
  /** Why it was skipped: "part of chart charts/shop", "not a Kubernetes manifest". */
  readonly reason?: string;
  /** Of what is rendered as part of another: the path of that one. */
  readonly within?: string;
  /** What was rendered of it, each as a gap would name it (`Gap.subject`). */
  readonly evaluated?: readonly string[];
}

/** Everything that would be deployed, plus what could not be found out. */
export interface ManifestSet {
  readonly resources: readonly Resource[];
  readonly images: readonly Image[];
  readonly units: readonly SourceUnit[];
  readonly policies: readonly PolicyFile[];
  /** Each makes the verdict `error`: something may be deployed that nobody looked at. */
  readonly failures: readonly GateError[];
  /** Each becomes a finding `gate/not-evaluated`: nothing evaluated it, so the outcome is no plain pass. */
  readonly gaps: readonly Gap[];
}
