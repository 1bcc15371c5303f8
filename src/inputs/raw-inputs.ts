import type { Previous } from '../model/change.ts';
import type { Destination } from '../reports/reporter.ts';
import type { judgedOptions } from './options/judged.ts';
import type { judgingOptions } from './options/judging.ts';
import type { Given } from './options/table.ts';
import type { RawScale } from './shard.ts';

type Asked = Pick<
  Given,
  Extract<keyof Given, keyof typeof judgedOptions | keyof typeof judgingOptions | 'name' | 'comment' | 'mentionOwners'>
>;

/** What a run was asked to do, by the action's inputs or the command's flags: one shape, so that both judge alike. */
export interface RawInputs extends Omit<Asked, 'workspace' | 'mode' | 'base'> {
  /** Absolute path of the folder that is judged. */
  readonly workspace: string;
  /** The same folder in the work tree. Absent: the workspace itself. */
  readonly checkout?: string;
  /** What the workspace is in the base commit: configuration, policies and waivers are read there. Absent: from the workspace itself. */
  readonly trusted?: string;
  /** For a run without a base: how old findings are recognized. */
  readonly previous?: Previous;
  /** Processor cores of this machine. */
  readonly cores: number;
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
