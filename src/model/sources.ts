/** A chart in a repository of charts, as a pointer or a dependency names it. */
export interface ChartRequest {
  /** `https://charts.example.com`, `oci://ghcr.io/org/charts`. */
  readonly url: string;
  readonly name: string;
  /** An exact version, a range such as `^1.2.0`, a tag or `sha256:…`; empty for the newest version. */
  readonly version: string;
}

/** A chart that was fetched. */
export interface FetchedChart {
  readonly status: 'fetched';
  /** Absolute folder, outside of the workspace, that holds `path`. */
  readonly root: string;
  /** Folder of Chart.yaml below it, which names the chart to a reader: `ghcr.io/org/charts/podinfo-6.5.0`. */
  readonly path: string;
  readonly version: string;
  /** Of the archive: `sha256:…`. */
  readonly digest: string;
}

/** A base of a kustomization that was fetched. */
export interface FetchedBase {
  readonly status: 'fetched';
  /** Absolute: all files that belong to it, for git those of the whole commit. */
  readonly root: string;
  /** Folder of the kustomization below it, `` for the root. */
  readonly path: string;
  /** `github.com/org/repo` */
  readonly shown: string;
}

/** The files of an organization that `extends` names. */
export interface FetchedBundle {
  readonly status: 'fetched';
  /** Absolute folder of its configuration. */
  readonly root: string;
  /** How the folder is named to a reader: `github.com/org/gate-1f2e3d4c5b6a/settings`. */
  readonly shown: string;
  /** Name of the configuration in it. */
  readonly file: string;
}

/** Something outside of the repository that was not fetched. */
export interface NotFetched {
  readonly status: 'not-fetched';
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly next: string;
}

/** Charts and bases outside of the repository. The same request has the same answer throughout a run, on both of its commits. */
export interface Sources {
  chart(request: ChartRequest): Promise<FetchedChart | NotFetched>;
  /** A base as a kustomization writes it: `https://github.com/org/repo//base?ref=v1.2.0`. */
  base(text: string): Promise<FetchedBase | NotFetched>;
  /** What versions that are not exact were resolved to. */
  notes(): readonly string[];
}
