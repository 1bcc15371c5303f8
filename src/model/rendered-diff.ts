import type { SourceLocation } from './location.ts';

/** How one resource differs between what the base and what the change would deploy. */
export interface ResourceDiff {
  readonly change: 'added' | 'changed' | 'removed';
  /** `Deployment shop/web` */
  readonly label: string;
  /** Where its manifest begins in the sources: of the change, or for what was removed of the base. */
  readonly source: Pick<SourceLocation, 'file' | 'line'>;
  /**
   * Lines of a unified diff of the manifests, without a header. Values of Secrets are hidden. A line that begins with `!` is a remark on the
   * line above it: a finding, or what else a reader should know. No line of a manifest begins like that.
   */
  readonly lines: readonly string[];
  /** Lines after these that were left out; absent if none were. */
  readonly left?: number;
}

/** A file, chart or kustomization with the resources that differ, in one set of environments. */
export interface DeployableDiff {
  /** `charts/shop`, `apps/web.yaml` */
  readonly unit: string;
  readonly environments: readonly string[];
  readonly resources: readonly ResourceDiff[];
}

/** Something that was not rendered on one of both sides, so that its resources are neither new nor gone. */
export interface NotCompared {
  /** `charts/shop`, `Application argocd/shop: chart redis 18.0.0` */
  readonly what: string;
  readonly side: 'base' | 'change';
  readonly reason: string;
}

/** What a change adds to the cluster, changes in it and removes from it. */
export interface RenderedDiff {
  readonly deployables: readonly DeployableDiff[];
  readonly counts: Readonly<Record<ResourceDiff['change'], number>>;
  /** Resources that are the same on both sides. */
  readonly unchanged: number;
  readonly notCompared: readonly NotCompared[];
}

export function differs({ counts: { added, changed, removed } }: RenderedDiff): boolean {
  return added + changed + removed > 0;
}
