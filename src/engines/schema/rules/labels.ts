import { selects } from '../../../model/label-selector.ts';
import { all, type Faults, forbidden, invalid, invalidKey, type RuleName, required } from './faults.ts';
import type { Field } from './field.ts';
import { labelValue, qualifiedName } from './names.ts';

/** A map of labels, or one that must be as one. */
export function* labelMap(field: Field): Faults {
  for (const [key, value] of field.entries()) {
    for (const detail of qualifiedName(key)) yield invalidKey(value, 'label-key', detail);
    if (typeof value.value === 'string') yield* all(value, 'label-value', labelValue(value.text));
  }
}

export function* labelKey(field: Field): Faults {
  yield* all(field, 'label-key', qualifiedName(field.text));
}

/** `matchLabels` and `matchExpressions`. */
export function* labelSelector(field: Field): Faults {
  yield* labelMap(field.at('matchLabels'));
  for (const expression of field.at('matchExpressions').items()) {
    const values = expression.at('values');
    yield* operands(expression, ['In', 'NotIn'], ['Exists', 'DoesNotExist']);
    yield* labelKey(expression.at('key'));
    for (const value of values.items()) yield* all(value, 'label-value', labelValue(value.text));
  }
}

/** The operator of a selector and how many values it has. */
export function* operands(
  expression: Field,
  withValues: readonly string[],
  without: readonly string[],
  rule: RuleName = 'selector',
): Faults {
  const operator = expression.at('operator');
  const values = expression.at('values');
  const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(' or ');
  if (withValues.includes(operator.text)) {
    if (values.size === 0) yield required(values, rule, `must be specified when \`operator\` is ${quoted(withValues)}`);
  } else if (without.includes(operator.text)) {
    if (values.size > 0) yield forbidden(values, rule, `may not be specified when \`operator\` is ${quoted(without)}`);
  } else yield invalid(operator, rule, 'not a valid selector operator');
}

/** Whether a selector that is valid selects these labels. */
export function selectsLabels(selector: Field, labels: Field): boolean {
  const textsOf = (map: Field) =>
    Object.fromEntries(map.entries().flatMap(([key, { isSet, text }]) => (isSet ? [[key, text]] : [])));
  const expressions = selector.at('matchExpressions').items();
  return selects(
    {
      matchLabels: Object.fromEntries(
        selector
          .at('matchLabels')
          .entries()
          .map(([key, { text }]) => [key, text]),
      ),
      matchExpressions: expressions.map((one) => ({
        key: one.at('key').text,
        operator: one.at('operator').text,
        values: one.at('values').texts(),
      })),
    },
    textsOf(labels),
  );
}

export function isEmptySelector(selector: Field): boolean {
  return selector.at('matchLabels').size + selector.at('matchExpressions').size === 0;
}

/** A selector that must exist, select something, and select the labels of its own template. */
export function* templateSelector(spec: Field, kind: string): Faults {
  const selector = spec.at('selector');
  const labels = spec.at('template', 'metadata', 'labels');
  if (!selector.isSet) return yield required(selector, 'selector');
  const faults = [...labelSelector(selector)];
  yield* faults;
  if (isEmptySelector(selector))
    return yield invalid(selector, 'selector', `empty selector is invalid for ${kind.toLowerCase()}`);
  if (faults.length === 0 && !selectsLabels(selector, labels))
    yield invalid(labels, 'selector-mismatch', '`selector` does not match template `labels`');
}
