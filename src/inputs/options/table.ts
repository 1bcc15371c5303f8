import { judgedOptions } from './judged.ts';
import { judgingOptions } from './judging.ts';
import { machineOptions } from './machine.ts';
import type { Loosens, Option, ValueType, ValueTypes } from './option.ts';
import { reportOptions } from './reports.ts';

/**
 * Every option, in the order of action.yml, `--help` and docs. A new one is an entry here: inputs, flags, the configuration's schema, the docs
 * and the check for loosened settings are generated from this table. Nothing of it is evaluated before it is needed.
 */
const options = { ...judgedOptions, ...judgingOptions, ...reportOptions, ...machineOptions };
export type Options = typeof options;

/** What was asked for in a workflow or on the command line. An empty input is not given. */
export type Given = {
  readonly [K in keyof Options as Options[K] extends { readonly type: ValueType } ? K : never]?: Options[K] extends {
    readonly type: infer T extends ValueType;
  }
    ? ValueTypes[T]
    : never;
};

export const optionEntries: readonly (readonly [string, Option])[] = Object.entries(options);

/** The keys of `.k8s-gate.yaml`, each with its rule. */
export const configKeys: readonly { readonly name: string; readonly loosens: Loosens | 'never' }[] = optionEntries.flatMap(
  ([name, { key }]) => (key === undefined ? [] : [{ name, loosens: key.loosens }]),
);
