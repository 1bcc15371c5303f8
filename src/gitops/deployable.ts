import type { FieldPath } from '../model/field-path.ts';
import type { JsonObject } from '../model/json.ts';
import type { Editor, Force } from './edit-kustomization.ts';
import type { WrittenAt } from './written.ts';

/** A resource that names what somebody deploys: an Argo CD Application, a Flux HelmRelease. */
export interface Pointer {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly object: JsonObject;
  /** What it was read from: the file, chart or kustomization. */
  readonly source?: { readonly kind: string; readonly unit: string };
}

/** A value that a pointer sets, with the field that sets it. */
export interface FromPointer {
  readonly at: FieldPath;
  /** The resource that has the field: a ConfigMap that the pointer names. Absent: the pointer itself. */
  readonly of?: Pointer;
}

/** One layer of Helm values, in the order in which Helm reads them. Paths are relative to the workspace. */
export type ValuesLayer =
  | ({ readonly kind: 'file'; readonly path: string; readonly optional: boolean } & FromPointer)
  /** A map of the pointer, or one written as YAML in a string of it. */
  | ({ readonly kind: 'inline'; readonly values: JsonObject } & FromPointer)
  | ({ readonly kind: 'text'; readonly text: string } & FromPointer);

/** `--set`, `--set-string` and `--set-file` of Helm. */
export type Parameter =
  | ({ readonly kind: 'value' | 'string'; readonly name: string; readonly value: string } & FromPointer)
  | ({ readonly kind: 'file'; readonly name: string; readonly path: string } & FromPointer);

/** Where it is installed, by which an environment is chosen. */
export interface Destination {
  readonly server?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly project?: string;
}

interface Common {
  /** Field of the pointer that names the source. */
  readonly at: FieldPath;
  readonly destination: Destination;
  /** Absent: each field is where the pointer has it. */
  readonly writtenAt?: WrittenAt;
}

/** Where a chart is: a folder of this repository, or an exact version or a range of one in a repository of charts. */
export type ChartSource =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'repository'; readonly url: string; readonly name: string; readonly version: string };

/** A chart with everything that its pointer sets. */
export interface ReleaseDeployable extends Common {
  readonly kind: 'release';
  readonly chart: ChartSource;
  /** Values files of the repository of the chart, or of the fetched chart, that take the place of its own values.yaml. */
  readonly defaults?: { readonly files: readonly string[]; readonly optional: boolean };
  readonly name: string;
  readonly namespace: string;
  readonly values: readonly ValuesLayer[];
  readonly parameters: readonly Parameter[];
  readonly includeCrds: boolean;
  /** Options of `helm template` without a value: `--skip-tests`. */
  readonly options?: readonly string[];
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  /** What is changed after rendering: kustomize fields in the order in which they apply. */
  readonly post: readonly Overrides[];
  /** Set after that. */
  readonly metadata?: CommonMetadata;
}

/** A kustomization, or for Flux a folder without one, with everything that its pointer sets. */
export interface BuildDeployable extends Common {
  readonly kind: 'kustomization';
  readonly folder: string;
  readonly overrides: Overrides;
  readonly editor: Editor;
  readonly force?: Force;
  /** Flux makes a kustomization of all manifests below a folder that has none. */
  readonly generate: boolean;
  /** Set on what was built, after everything else. */
  readonly metadata?: CommonMetadata;
  readonly substitutions?: Substitutions;
}

/** Manifests of a folder, as Argo CD applies them. */
export interface DirectoryDeployable extends Common {
  readonly kind: 'directory';
  readonly folder: string;
  /** Relative to the workspace. */
  readonly files: readonly string[];
}

/** Something that is deployed and cannot be rendered here. */
export interface UnavailableDeployable extends Common {
  readonly kind: 'unavailable';
  /** `chart podinfo 6.5.0 of https://example.com/charts` */
  readonly what: string;
  readonly reason: string;
  readonly next: string;
}

export type Deployable = ReleaseDeployable | BuildDeployable | DirectoryDeployable | UnavailableDeployable;

/** Fields of a kustomization that a pointer adds, by their name in kustomize, each with the field of the pointer that sets it. */
export type Overrides = Readonly<Partial<Record<OverrideField, { readonly value: JsonObject[string] } & FromPointer>>>;
export type OverrideField =
  | 'namespace'
  | 'namePrefix'
  | 'nameSuffix'
  | 'images'
  | 'replicas'
  | 'labels'
  | 'commonLabels'
  | 'commonAnnotations'
  | 'patches'
  | 'components';

/** Labels and annotations of Flux's `commonMetadata`, which are set on each object itself, not on the pods that it makes. */
export interface CommonMetadata extends FromPointer {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** `${name}` in what Flux applies. */
export interface Substitutions {
  readonly values: Readonly<Record<string, { readonly value: string } & FromPointer>>;
  /** ConfigMaps and Secrets that are not in the repository and whose values are therefore not known. */
  readonly unknown: readonly ({ readonly what: string } & FromPointer)[];
  /** ConfigMaps that may be others than those that are deployed. */
  readonly doubts?: readonly ({ readonly what: string; readonly reason: string } & FromPointer)[];
}

/** What a pointer deploys cannot be read from it. */
export interface Unreadable {
  readonly at: FieldPath;
  readonly reason: string;
  /** Absent: the field has to be corrected. */
  readonly next?: string;
}
