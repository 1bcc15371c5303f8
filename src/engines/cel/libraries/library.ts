import type { RegisteredFunctionHandler, RegisterTypeDefinition } from '@marcbachmann/cel-js';
import type { Spend } from '../budget.ts';

/**
 * A library of CEL, as Kubernetes enables it: https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries.
 * Functions by signature. cel-js cannot replace a built-in function, so source.ts renames calls of those that it gets wrong:
 * `indexOf` is registered here as `k8sIndexOf`.
 */
export interface Library {
  readonly types?: Readonly<Record<string, RegisterTypeDefinition>>;
  /** Name -> type and value. */
  readonly constants?: Readonly<Record<string, readonly [type: string, value: object]>>;
  readonly functions?: Readonly<Record<string, RegisteredFunctionHandler>>;
  readonly operators?: Readonly<Record<string, RegisteredFunctionHandler>>;
}

/** `spend` charges what a function costs beyond the length of its arguments and result, for which meter.ts charges. */
export type CreateLibrary = (spend: Spend) => Library;
