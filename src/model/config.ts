import type { DeployedRelease } from './deployed.ts';
import type { GateErrorDetails } from './gate-error.ts';
import type { LicensePolicy } from './license-policy.ts';
import type { SourceLocation } from './location.ts';
import type { PolicyLanguage } from './policy.ts';
import type { RiskConfig } from './risk.ts';
import type { RuleSeverity } from './rule-severities.ts';
import type { SeverityPolicy } from './severity-condition.ts';

/** `strict` (action): an applicable engine that cannot run makes the verdict `error`. `auto` (local): it is skipped and reported as skipped. */
export type EngineMode = 'strict' | 'auto';

/** `strict`: an engine fails if the system cannot isolate it. `auto`: it runs with the available isolation, and its notes list what is missing. */
export type SandboxMode = 'strict' | 'auto';

/** A resource belongs to an environment if any given criterion matches. */
export interface EnvironmentMatch {
  /** Globs of source paths. */
  readonly paths: readonly string[];
  readonly namespaces: readonly string[];
  /** Names or servers of clusters that pointers deploy to. */
  readonly clusters?: readonly string[];
  /** Argo CD projects of the Applications that deploy it. */
  readonly projects?: readonly string[];
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
  /** The environment it belongs to; absent for the chart's default values only. */
  readonly environment?: string;
  readonly values: readonly string[];
  /** The namespace it is installed to; defaults to that of the chart. */
  readonly namespace?: string;
  /** Set by whoever deploys it: its values are then those, and `values` is empty. */
  readonly deployed?: DeployedRelease;
}
export interface HelmChart {
  /** Folder of Chart.yaml, relative to the workspace; of a fetched chart, relative to its root. */
  readonly path: string;
  readonly fetched?: FetchedFrom;
  readonly releaseName: string;
  readonly namespace: string;
  /** The configuration sets the namespace explicitly, so environments do not override it. */
  readonly hasNamespace?: boolean;
  readonly releases: readonly HelmRelease[];
  /** Its values.yaml is not read: whoever deploys it names other files in its place. */
  readonly withoutValues?: boolean;
}

/** Where a chart outside of the repository is, and what in the repository asks for it. */
export interface FetchedFrom {
  /** Absolute. */
  readonly root: string;
  /** `podinfo of https://charts.example.com`, whatever its version. */
  readonly label: string;
  readonly place: SourceLocation;
}

/** A cluster that Argo CD knows. */
export interface GitopsCluster {
  readonly name: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Where a custom resource contains images: `spec.image`, `spec.steps[*].image`. */
export interface ImagePath {
  /** `tekton.dev/v1` or `tekton.dev/*`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
}

/** The settings that `extends` names, and its files. */
export interface Organization {
  /** As the configuration has it. */
  readonly address: string;
  /** Absolute: the folder of its files, outside of the workspace if they were fetched. */
  readonly root: string;
  /** How that folder is named to a reader: `github.com/org/gate-1f2e3d4c5b6a/settings`. */
  readonly shown: string;
  /** Whether it is outside of this repository. */
  readonly isFetched: boolean;
  /** Its configuration, named to a reader. */
  readonly file: string;
  /** Globs or folders of policies, relative to its root. */
  readonly policies: readonly string[];
  /** Errors for its policies whose engine this repository switches off, by language, where its policies are final. */
  readonly unevaluated: Readonly<Partial<Record<PolicyLanguage, GateErrorDetails>>>;
  readonly waivers: WaiverRules;
}

/** What every waiver has to meet. */
export interface WaiverRules {
  /** Days from today to `expires`, at most. */
  readonly maxDays?: number;
  /** Globs of rules that nobody may waive: `cel/privileged`. */
  readonly never?: readonly string[];
  /** Globs of owners: `@org/*`. */
  readonly owners?: readonly string[];
  /** `deny`: authors never waive their own findings. */
  readonly selfWaiver?: 'deny';
}

/** The configuration of the stages before and after the engines. Engines and reporters have their own. */
export interface GateConfig {
  /** Absolute: the folder whose files are judged, from the checked out commit if there is one. */
  readonly workspace: string;
  /** Absolute: the same folder in the work tree, with the repository's git data and files written by other steps. */
  readonly checkout: string;
  /** Absolute: where configuration, policies and waivers are read from: the base commit's copy of the workspace, or the workspace itself. */
  readonly trusted: string;
  /** Globs or folders to judge, relative to the workspace. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Globs or folders whose files are taken from the work tree, relative to the workspace. */
  readonly generated: readonly string[];
  /** Globs or folders of policies, relative to the workspace. */
  readonly policies: readonly string[];
  /** Folders of kustomizations that are always built on their own, even if others use them. */
  readonly kustomizations: readonly string[];
  readonly kustomize: {
    /** Globs or folders of kustomizations that are deployed without kustomize's load restrictor. */
    readonly unrestricted: readonly string[];
  };
  /** Whether a run that finds no manifest is an error. */
  readonly expectManifests: boolean;
  readonly severity: SeverityPolicy;
  /** Severities of rules, in place of those of the engines. Absent if there are none. */
  readonly rules?: readonly RuleSeverity[];
  /** Absent if no data about the exploitation of vulnerabilities is used. */
  readonly risk?: RiskConfig;
  /** Absent: licenses of packages are not evaluated. */
  readonly licenses?: LicensePolicy;
  readonly environments: readonly Environment[];
  /** Judge only resources of this environment and of no environment. */
  readonly environment?: string;
  /** Allow findings that the base commit has as well. */
  readonly onlyNew: boolean;
  readonly helm: {
    readonly charts: readonly HelmChart[];
    readonly kubeVersion: string;
    /** By environment, for the releases that have one. */
    readonly kubeVersions?: Readonly<Record<string, string>>;
    readonly apiVersions: readonly string[];
  };
  readonly gitops: {
    /** Other names of this repository. */
    readonly repositories: readonly string[];
    /** Branches that deploy what the change is merged into. */
    readonly revisions: readonly string[];
    readonly clusters: readonly GitopsCluster[];
  };
  /** What charts and bases outside the repository are fetched from. */
  readonly sources: {
    /** Hosts besides those that the base names: `charts.example.com`. */
    readonly allow: readonly string[];
    /** Host -> URL that is requested instead of it, which may be on a private address. */
    readonly mirrors: Readonly<Record<string, string>>;
    /** Only the cache and mirrors are used. */
    readonly offline: boolean;
  };
  readonly images: {
    readonly paths: readonly ImagePath[];
    /** Reference -> archive or OCI directory, relative to the workspace. */
    readonly sources: Readonly<Record<string, { readonly archive: string } | { readonly ociLayout: string }>>;
    /** Registries that may be on a loopback, private or link-local address: `registry.internal:5000`. */
    readonly privateRegistries: readonly string[];
  };
  /** Settings that the configuration extends. They are part of the others. */
  readonly organization?: Organization;
  readonly mode: EngineMode;
  readonly sandbox: SandboxMode;
  /** Maximum number of engines that run at the same time. */
  readonly concurrency: number;
}
