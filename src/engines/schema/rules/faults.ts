import { formatPath } from '../../../model/field-path.ts';
import { isObject, stringifyJson } from '../../../model/json.ts';
import type { RuleFinding } from '../rule.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import type { Field } from './field.ts';

/** Every rule, without its prefix `schema/`: the meaning is what the API server requires, the advice what to do about a violation. */
export type RuleName = keyof typeof catalogue;
export type Faults = Iterable<RuleFinding>;

const longest = 100;

function fault(field: Field, rule: RuleName, message: string): RuleFinding {
  const { path } = field;
  const what = path.length === 0 ? message : `\`${formatPath(path)}\`: ${message}`;
  return { path: field.nearest.path, rule, severity: 'critical', message: what, suggestion: catalogue[rule].advice };
}

function shown({ value }: Field): string {
  const text = value === undefined ? 'null' : stringifyJson(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const withDetail = (head: string, detail: string) => (detail === '' ? head : `${head}: ${detail}`);

/** The messages of k8s.io/apimachinery/pkg/util/validation/field. */
export function invalid(field: Field, rule: RuleName, detail: string): RuleFinding {
  return fault(field, rule, withDetail(`Invalid value: ${shown(field)}`, detail));
}

/** As `invalid`, for a value that may be a secret. */
export function invalidSecret(field: Field, rule: RuleName, detail: string): RuleFinding {
  return fault(field, rule, withDetail('Invalid value', detail));
}

/** The key is at fault: the finding is at its entry. */
export function invalidKey(field: Field, rule: RuleName, detail: string): RuleFinding {
  return fault(field, rule, withDetail(`Invalid value: ${JSON.stringify(String(field.step))}`, detail));
}

export function required(field: Field, rule: RuleName, detail = ''): RuleFinding {
  return fault(field, rule, withDetail('Required value', detail));
}

export function forbidden(field: Field, rule: RuleName, detail: string): RuleFinding {
  return fault(field, rule, withDetail('Forbidden', detail));
}

export function duplicate(field: Field, rule: RuleName, value?: string): RuleFinding {
  return fault(field, rule, `Duplicate value: ${value === undefined ? shown(field) : JSON.stringify(value)}`);
}

export function notFound(field: Field, rule: RuleName, detail = ''): RuleFinding {
  return fault(field, rule, withDetail(`Not found: ${shown(field)}`, detail));
}

export function tooLong(field: Field, rule: RuleName, limit: number, unit = 'bytes'): RuleFinding {
  return fault(field, rule, `Too long: may not be more than ${limit} ${unit}`);
}

export function tooMany(field: Field, rule: RuleName, limit: number): RuleFinding {
  return fault(field, rule, `Too many: ${field.size}: must have at most ${limit} items`);
}

/** Nothing if the text is empty (which is required elsewhere) or supported. */
export function* unsupported(field: Field, rule: RuleName, values: readonly string[]): Faults {
  if (typeof field.value !== 'string' || field.text === '' || values.includes(field.text)) return;
  yield fault(
    field,
    rule,
    `Unsupported value: ${shown(field)}: supported values: ${values.map((value) => `"${value}"`).join(', ')}`,
  );
}

export function* all(field: Field, rule: RuleName, details: readonly string[]): Faults {
  for (const detail of details) yield invalid(field, rule, detail);
}

/** As `unsupported`, for a field where the empty text is a value of its own, which nothing replaces. */
export function* unsupportedOrEmpty(field: Field, rule: RuleName, values: readonly string[]): Faults {
  yield* unsupported(field, rule, values);
  const isItem = typeof field.step === 'number';
  if (field.value === '' || (isItem && field.value === null))
    yield fault(field, rule, `Unsupported value: "": supported values: ${values.map((value) => `"${value}"`).join(', ')}`);
}

/** An integer below zero. */
export function* negative(field: Field, rule: RuleName): Faults {
  if (field.number !== undefined && field.number < 0) yield invalid(field, rule, 'must be greater than or equal to 0');
}

export function* outside(field: Field, rule: RuleName, low: number, high: number): Faults {
  const { number } = field;
  if (number !== undefined && (number < low || number > high))
    yield invalid(field, rule, `must be between ${low} and ${high}, inclusive`);
}

/** Text that must be there. */
export function* missing(field: Field, rule: RuleName, detail = ''): Faults {
  if (!field.isSet || field.value === '') yield required(field, rule, detail);
}

/** For an object, the members of a union that are set. */
export function membersOf(field: Field, names: readonly string[]): readonly Field[] {
  return isObject(field.value) ? names.map((name) => field.at(name)).filter(({ isSet }) => isSet) : [];
}
