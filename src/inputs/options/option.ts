import type * as zod from 'zod';
import type { GateConfig } from '../../model/config.ts';

/** An option of the gate: everything that its places (input of the action, flag of the command, key of the configuration) have in common. */
export interface Option {
  /** What it does. Descriptions of inputs, flags and keys are generated from it. */
  readonly text: string;
  /** Its value if it is not given, in words. */
  readonly otherwise?: string;
  /** How a given value is read. Absent: it is a key of the configuration only. */
  readonly type?: ValueType;
  readonly input?: Input;
  readonly flag?: Flag;
  readonly key?: ConfigKey;
  /** Id of the report that is written to the file it names. */
  readonly report?: string;
  /** Id of the report to GitHub that it switches. */
  readonly publisher?: string;
}

/** What a given value becomes. Paths (`file`, `files`) are resolved against the folder of the job or of the command. */
export interface ValueTypes {
  readonly text: string;
  readonly boolean: boolean;
  readonly count: number;
  readonly list: readonly string[];
  readonly file: string;
  readonly files: readonly string[];
}
export type ValueType = keyof ValueTypes;

/** An input of the action. Lists have one item per line. */
interface Input {
  readonly name: string;
  /** In action.yml; it also replaces an empty value, unless it is an expression of the runner. */
  readonly default?: string;
  /** Replaces `text` and `otherwise`. */
  readonly text?: string;
  /** What only the action's users need to know. */
  readonly note?: string;
}

/** A flag of `check` and `merge`. Lists are flags that may be repeated. */
interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value. Absent: a switch. */
  readonly value?: string;
  readonly default?: string;
  /** The value that a switch sets. Absent: true. */
  readonly sets?: boolean;
  /** Replaces `text` and `otherwise`. */
  readonly text?: string;
  readonly note?: string;
  /** The only command that has it. */
  readonly of?: 'check' | 'merge';
}

/** The engines as the schema of the configuration needs them. */
export type EngineSummaries = readonly { readonly id: string; readonly summary: string }[];

/** A top level key of `.k8s-gate.yaml`, by the option's own name. */
interface ConfigKey {
  /** A function, so that nothing is built before a configuration is read. */
  readonly schema: (z: typeof zod, engines: EngineSummaries) => zod.ZodType;
  readonly required?: true;
  /** Replaces `text` and `otherwise`. */
  readonly text?: string;
  /** How a change of it would let more pass. `never` is a decision: no value of it makes a verdict greener. */
  readonly loosens: Loosens | 'never';
}

/** The configuration in force, or the one that a change proposes. */
export interface Side {
  readonly config: GateConfig;
  /** `engines` as written. */
  readonly engines: Readonly<Record<string, unknown>>;
  /** Whether other options of an engine, as written, certainly let nothing more pass. */
  readonly tightens?: (engine: string, was: unknown, now: unknown) => boolean;
}
export interface Loosening {
  readonly title: string;
  /** Absent: `config-loosened`. */
  readonly rule?: 'extends-changed';
  /** Below the option's own key. */
  readonly at?: readonly string[];
}
export type Loosens = (was: Side, now: Side) => readonly Loosening[];
