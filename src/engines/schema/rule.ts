import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Severity } from '../../model/severity.ts';

/** The API of the object that a rule is asked about, as its apiVersion and kind name it. */
export interface RuleContext {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The Kubernetes release that it is deployed to: 37 is 1.37. Always one of `minors` in src/model/discovery.ts. */
  readonly minor: number;
}

/** What a rule has against an object. */
export interface RuleFinding {
  /** Steps from the root of the object to the field, or to the field's parent if it is missing. */
  readonly path: FieldPath;
  /** One line, without the name of the object: what is wrong and what was expected. */
  readonly message: string;
  /** Id of the rule: lower case with hyphens. Its severity is in policies/severity.yaml, unless `severity` is given. */
  readonly rule: string;
  readonly severity?: Severity;
  /** What to do, as a sentence. */
  readonly suggestion?: string;
}

/**
 * A check beyond the schema of a kind. It is asked about each object of a known kind, including objects whose schema has findings, so it
 * must not assume the type of any field. It must not throw: an error is the failure of that object's evaluation.
 */
export type ObjectRule = (object: JsonObject, context: RuleContext) => Iterable<RuleFinding>;
