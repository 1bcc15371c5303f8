import { Optional } from '@marcbachmann/cel-js';
import { type FieldPath, objectAt, objectsAt, parsePath } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { defaulted } from '../crd-defaults.ts';
import type { CrdRuleResult, CrdRules } from '../crd-rules.ts';
import { Budget } from './budget.ts';
import { ofSchema } from './check/names.ts';
import { type Compile, createCompiler, type Program, reasonOf } from './compiler.ts';
import { selfOf } from './schema-values.ts';
import { withoutLiterals } from './source.ts';

/**
 * The rules of `x-kubernetes-validations`, evaluated as for an object that is being created: rules that read `oldSelf` do not apply.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function createCrdRules(): CrdRules {
  const compile = createCompiler();
  return (object, schema) => {
    const results: CrdRuleResult[] = [];
    // One budget for the whole object, as in an API server.
    visit(defaulted(object, schema), schema, { compile, budget: new Budget(), path: [], results });
    return results;
  };
}

interface Visit {
  readonly compile: Compile;
  readonly budget: Budget;
  readonly path: FieldPath;
  readonly results: CrdRuleResult[];
}

function visit(value: JsonValue, schema: JsonObject, at: Visit): void {
  if (value === null) return;
  for (const rule of objectsAt(schema, 'x-kubernetes-validations')) evaluate(rule, value, schema, at);
  const below = (step: string | number, child: JsonValue | undefined, of: JsonValue | undefined) => {
    if (child !== undefined && isObject(of)) visit(child, of, { ...at, path: [...at.path, step] });
  };
  if (isArray(value)) for (const [index, item] of value.entries()) below(index, item, schema.items);
  if (!isObject(value)) return;
  const properties = objectAt(schema, 'properties');
  for (const [key, child] of Object.entries(value))
    below(key, child, Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties);
}

function evaluate(rule: JsonObject, value: JsonValue, schema: JsonObject, { compile, budget, path, results }: Visit): void {
  const { rule: text, message, messageExpression, fieldPath, optionalOldSelf } = rule;
  if (typeof text !== 'string') return;
  if (/\boldSelf\b/.test(withoutLiterals(text)) && optionalOldSelf !== true) return;
  const variables = { self: selfOf(value, schema, path.length === 0), oldSelf: Optional.none() };
  const run = (program: Program) => program.run(variables, budget);
  const shown = text.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
  try {
    const passed = run(compile(text, ofSchema));
    if (passed === true) return;
    if (passed !== false) throw new Error('it is neither true nor false');
  } catch (thrown) {
    results.push({ status: 'error', path, message: `${shown}: ${reasonOf(thrown)}` });
    return;
  }
  const written = typeof message === 'string' && message.trim() !== '' ? message.trim() : `failed rule: ${shown}`;
  results.push({
    status: 'fail',
    path: typeof fieldPath === 'string' ? [...path, ...parsePath(fieldPath.replace(/^\./, ''))] : path,
    message: messageBy(messageExpression, (expression) => run(compile(expression, ofSchema))) ?? written,
  });
}

/** Like the API server: undefined if it fails, or does not give a single line. */
function messageBy(expression: JsonValue | undefined, run: (expression: string) => unknown): string | undefined {
  if (typeof expression !== 'string') return undefined;
  try {
    const text = run(expression);
    return typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n')
      ? text.trim().slice(0, 5_120)
      : undefined;
  } catch {
    return undefined;
  }
}
