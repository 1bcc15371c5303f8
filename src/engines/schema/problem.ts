import type { FieldPath } from '../../model/field-path.ts';
import type { JsonPatchOperation } from '../../model/finding.ts';

/** Rules of the engine itself; src/engines/schema/rules has more. */
export const schemaRules = [
  'unknown-field',
  'wrong-type',
  'missing-field',
  'invalid-value',
  'duplicate-item',
  'unknown-kind',
  'unknown-version',
  'failed-rule',
] as const;
export type SchemaRule = (typeof schemaRules)[number];

/** What the API server would refuse in an object. */
export interface Problem {
  readonly rule: SchemaRule;
  readonly path: FieldPath;
  /** The field that is missing below `path`, or that is written as the last step of it: other findings about it have the same cause. */
  readonly field?: string;
  /** One line, without the name of the object. */
  readonly message: string;
  readonly fix?: string;
  /** Only if there is one likely repair. */
  readonly patch?: readonly JsonPatchOperation[];
}
