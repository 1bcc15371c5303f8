import type { FieldPath } from '../model/field-path.ts';
import type { JsonObject } from '../model/json.ts';

/** What a rule in CEL of a CustomResourceDefinition has against an object. */
export interface CrdRuleResult {
  /** `error`: it could not be evaluated, so the result is not known. */
  readonly status: 'fail' | 'error';
  readonly path: FieldPath;
  /** The message of the rule, or why it could not be evaluated. */
  readonly message: string;
}

/** Evaluates the rules of a schema for an object that is valid by the rest of it. @param schema `openAPIV3Schema` */
export type CrdRules = (object: JsonObject, schema: JsonObject) => readonly CrdRuleResult[];
