import { type FieldPath, parsePath } from '../../model/field-path.ts';
import type { Problem } from './problem.ts';
import type { RuleFinding } from './rule.ts';

interface Found {
  readonly problems: readonly Problem[];
  readonly rules: readonly RuleFinding[];
}

/** Reports one cause once: a misspelled field is also a missing one, and a value of the wrong type breaks every rule about the value. */
export function oneCause({ problems, rules }: Found): Found {
  if (problems.length === 0) return { problems, rules };
  const misspelled = new Set(
    problems.flatMap(({ rule, path, field }) =>
      rule === 'unknown-field' && field !== undefined ? keyOf(path.slice(0, -1), field) : [],
    ),
  );
  const left = problems.filter(({ rule, path, field }) => rule !== 'missing-field' || !misspelled.has(keyOf(path, field)));
  const absent = left.filter(({ rule }) => rule === 'missing-field');
  const missing = new Set(absent.map(({ path, field }) => keyOf(path, field)));
  const wrong = [
    ...left.filter(({ rule }) => rule === 'wrong-type' || rule === 'invalid-value').map(({ path }) => path),
    // A field that is null is missing, and yet a place.
    ...absent.map(({ path, field = '' }) => [...path, field]),
  ];
  const isRepeated = (finding: RuleFinding): boolean => {
    const { path } = finding;
    const key = keyOf(path, fieldOf(finding));
    return misspelled.has(key) || missing.has(key) || wrong.some((place) => isWithin(path, place));
  };
  return { problems: left, rules: rules.filter((finding) => !isRepeated(finding)) };
}

function keyOf(path: FieldPath, field: string | undefined): string {
  return JSON.stringify([path, field ?? null]);
}

/** A rule about a missing field is at its parent, and begins with the path of the field in backticks. */
function fieldOf({ path, message }: RuleFinding): string | undefined {
  const [, shown] = /^`([^`]+)`/.exec(message) ?? [];
  const step = shown === undefined ? undefined : parsePath(shown)[path.length];
  return step === undefined ? undefined : String(step);
}

function isWithin(path: FieldPath, place: FieldPath): boolean {
  return place.length <= path.length && place.every((step, index) => step === path[index]);
}
