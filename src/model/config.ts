import type { SeverityPolicy } from './severity.ts';

/** `strict`: an engine that applies and can't run makes the verdict `error` (the action). `auto`: it is skipped and said (local). */
export type EngineMode = 'strict' | 'auto';

/** `strict`: an engine whose isolation the system does not allow fails. `auto`: it runs with what there is, and its notes say so. */
export type SandboxMode = 'strict' | 'auto';

/** A resource belongs to an environment where any given criterion matches. */
export interface EnvironmentMatch {
  /** Globs of source paths. */
  readonly paths: readonly string[];
  readonly namespaces: readonly string[];
  /** All of these labels. Empty matches nothing. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Environment {
  readonly name: string;
  readonly match: EnvironmentMatch;
  readonly severity: SeverityPolicy;
}

/** One way to render a chart. */
export interface HelmRelease {
  /** Names the environment it belongs to; absent: the chart's own values only. */
  readonly environment?: string;
  readonly values: readonly string[];
  /** Where it is installed; absent: where the chart is. */
  readonly namespace?: string;
}
export interface HelmChart {
  /** Folder of Chart.yaml, relative to the workspace. */
  readonly path: string;
  readonly releaseName: string;
  readonly namespace: string;
  /** The configuration names the namespace: no environment says otherwise. */
  readonly hasNamespace?: boolean;
  readonly releases: readonly HelmRelease[];
}

/** Where a custom resource keeps images: `spec.image`, `spec.steps[*].image`. */
export interface ImagePath {
  /** `tekton.dev/v1` or `tekton.dev/*`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
}

/** Everything the stages before and after the engines need. Engines and reporters are bound to their own configuration. */
export interface GateConfig {
  /** Absolute: the folder whose files are judged, of the checked out commit where there is one. */
  readonly workspace: string;
  /** Absolute: the same folder in the work tree, where the repository's git is, and what other steps wrote. */
  readonly checkout: string;
  /** Absolute: where configuration, policies and waivers were read. The base commit's copy of the workspace, or the workspace itself. */
  readonly trusted: string;
  /** Globs or folders relative to the workspace; what is judged. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Globs or folders relative to the workspace whose files are those of the work tree. */
  readonly generated: readonly string[];
  /** Where policies live; globs or folders relative to the workspace. */
  readonly policies: readonly string[];
  /** Folders of kustomizations that are roots whoever else uses them. */
  readonly kustomizations: readonly string[];
  /** True: a run that finds no manifest is an error. */
  readonly expectManifests: boolean;
  readonly severity: SeverityPolicy;
  readonly environments: readonly Environment[];
  /** Judge only what belongs to this environment, and what belongs to none. */
  readonly environment?: string;
  /** Findings that the base commit has, too, are allowed. */
  readonly onlyNew: boolean;
  readonly helm: {
    readonly charts: readonly HelmChart[];
    readonly kubeVersion: string;
    readonly apiVersions: readonly string[];
  };
  readonly images: {
    readonly paths: readonly ImagePath[];
    /** Reference -> archive or OCI directory, relative to the workspace. */
    readonly sources: Readonly<Record<string, { readonly archive: string } | { readonly ociLayout: string }>>;
    /** Registries that may be on a loopback, private or link-local address: `registry.internal:5000`. */
    readonly privateRegistries: readonly string[];
  };
  readonly mode: EngineMode;
  readonly sandbox: SandboxMode;
  /** Engines run at the same time at most. */
  readonly concurrency: number;
}
