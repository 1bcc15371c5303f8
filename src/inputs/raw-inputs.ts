import type { Destination } from '../reports/reporter.ts';
import type { RawScale } from './shard.ts';

/** What a person asked for, from the action's inputs or the command's flags: one shape, so that both judge alike. Text is not parsed yet. */
export interface RawInputs {
  /** Absolute path of the folder that is judged. */
  readonly workspace: string;
  /** The same folder in the work tree. Absent: the workspace itself. */
  readonly checkout?: string;
  /** What the workspace is in the base commit: configuration, policies and waivers are read there. Absent: from the workspace itself. */
  readonly trusted?: string;
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
  /** Judge only what belongs to this environment, and what belongs to none. */
  readonly environment?: string;
  readonly onlyNew?: string;
  /** Left out: true. */
  readonly compare?: string;
  /** Left out: `k8s-gate`. */
  readonly name?: string;
  /** Absent: this run does all of the work. */
  readonly scale?: RawScale;
  readonly outputs: readonly OutputRequest[];
  /** Ids of the reports that go to GitHub. */
  readonly publish: readonly string[];
}

/** A report that was asked for. Without a destination it goes to the reporter's default file, else to stdout. */
export interface OutputRequest {
  readonly id: string;
  readonly destination?: Destination;
}
