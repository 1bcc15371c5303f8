/** What a person asked for, from the action's inputs or the command's flags: one shape, so that both judge alike. Text is not parsed yet. */
export interface RawInputs {
  /** Absolute path of the repository being judged. */
  readonly workspace: string;
  /** Empty: what the configuration says, else everything. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** Relative to the workspace; absent: `.k8s-gate.yaml` where there is one. */
  readonly configFile?: string;
  /** `strict`, `auto`, or engine ids separated by commas. */
  readonly engines: string;
  /** `high=block,unknown=allow`; may only tighten what the configuration says. */
  readonly severity?: string;
  readonly timeout?: string;
  readonly concurrency?: string;
  /** Processor cores of this machine: how many engines run at once where nothing else is said. */
  readonly cores: number;
  readonly expectManifests?: string;
  /** `sarif`, `sarif=out/gate.sarif`, `json=-`. */
  readonly outputs: readonly string[];
  /** Where engines and databases are kept; absent: the user's cache folder. */
  readonly cacheDir?: string;
  /** Base URL that stands in for the publishers' download sites. */
  readonly mirror?: string;
  /** `trivy=/usr/bin/trivy` or `trivy=/usr/bin/trivy@sha256:…`. */
  readonly tools: readonly string[];
}
