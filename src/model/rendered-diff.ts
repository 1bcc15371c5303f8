/** How one resource differs between what the base and what the change would deploy. */
export interface ResourceDiff {
  readonly change: 'added' | 'changed' | 'removed';
  /** `Deployment shop/web` */
  readonly label: string;
  /** Lines of a unified diff of the manifests, without a header. Values of Secrets are hidden. */
  readonly lines: readonly string[];
}

/** A file, chart or kustomization with the resources that differ, in one set of environments. */
export interface DeployableDiff {
  /** `charts/shop`, `apps/web.yaml` */
  readonly unit: string;
  readonly environments: readonly string[];
  readonly resources: readonly ResourceDiff[];
}

/** What a change adds to the cluster, changes in it and removes from it. */
export interface RenderedDiff {
  readonly deployables: readonly DeployableDiff[];
  readonly counts: Readonly<Record<ResourceDiff['change'], number>>;
  /** Resources that are the same on both sides. */
  readonly unchanged: number;
}
