import type { FieldPath } from './field-path.ts';

/** `spec.steps[*].image` -> spec, steps, *, image; a quoted key may contain dots: `metadata.annotations["a.b/c"]`. */
export function stepsOf(pattern: string): FieldPath {
  return [...pattern.matchAll(/\[\*\]|\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)].map(([, index, quoted, plain]) =>
    index !== undefined ? Number(index) : (quoted ?? plain ?? '*'),
  );
}

/** Whether the pattern matches the field; `*` is any item of a list or key of a map. */
export function isMeant(pattern: string, field: FieldPath): boolean {
  return isAt(stepsOf(pattern), field);
}

export function isAt(steps: readonly PropertyKey[], field: readonly PropertyKey[]): boolean {
  return steps.length === field.length && steps.every((step, index) => step === '*' || step === field[index]);
}
