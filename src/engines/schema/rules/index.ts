import type { ObjectRule } from '../rule.ts';

/** Every check beyond the schemas, in the order of its findings. */
export const objectRules: readonly ObjectRule[] = [];
