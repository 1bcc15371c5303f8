import { type Faults, invalid, type RuleName } from './faults.ts';
import type { Field } from './field.ts';

export const hasBacksteps = (path: string) => path.split('/').includes('..');

export function* noBacksteps(field: Field, rule: RuleName): Faults {
  if (hasBacksteps(field.text)) yield invalid(field, rule, "must not contain '..'");
}

/** A path below a folder that is not known here. */
export function* relativePath(field: Field, rule: RuleName): Faults {
  if (field.text.startsWith('/')) yield invalid(field, rule, 'must be a relative path');
  yield* noBacksteps(field, rule);
}

/** As `relativePath`; names that begin with two dots belong to the kubelet. */
export function* filePath(field: Field, rule: RuleName): Faults {
  yield* relativePath(field, rule);
  if (field.text.startsWith('..') && !field.text.startsWith('../')) yield invalid(field, rule, "must not start with '..'");
}
