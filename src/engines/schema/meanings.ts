import { placeholderRule } from './placeholder.ts';
import type { SchemaRule } from './problem.ts';
import catalogue from './rules/catalogue.json' with { type: 'json' };
import { unusedPatchRule } from './unused-patch.ts';

const own: Readonly<Record<SchemaRule | typeof placeholderRule | typeof unusedPatchRule, string>> = {
  'unknown-field':
    'A field that the kind does not have. The nearest name is suggested; if the field is missing, as a change that can be committed.',
  'wrong-type': 'A value of another type: a number or boolean where a string is expected, a quoted number where a number is.',
  'missing-field': 'A missing field that is required.',
  'invalid-value':
    'A string that is not a quantity, time or base64; a value that the schema of a custom resource does not allow.',
  'duplicate-item': 'Two equal items in a list of a custom resource whose items must differ.',
  'failed-rule':
    'An object for which a rule in CEL of its CustomResourceDefinition is false. Severity unknown if the rule could not be evaluated.',
  'unknown-kind':
    'A kind that a group of Kubernetes does not have, or a group that differs from one of Kubernetes in at most two letters and has that kind there.',
  'unknown-version': 'An API version that the Kubernetes version, or the CustomResourceDefinition, does not serve.',
  [placeholderRule]:
    'A value with a placeholder such as `$(APP)` or `{{ name }}`: what is deployed in its place was not validated, so the severity is unknown.',
  [unusedPatchRule]:
    'Part of an object that a kustomization renders as a whole, or in a file or folder of patches: a patch that no kustomization uses. Medium, instead of critical findings for each field that it lacks.',
};

/** What each rule of the engine is about, by its name without `schema/`, in Markdown. */
export const schemaMeanings: Readonly<Record<string, string>> = {
  ...own,
  ...Object.fromEntries(Object.entries(catalogue).map(([rule, { meaning }]) => [rule, meaning])),
};
