import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';

/**
 * The value as JSON whose keys and items are at the lines (from 1) that `lineOf` names, as far as these go down: a template has the lines, and
 * the value is what it was filled to.
 */
export function atLines(value: JsonObject, lineOf: (path: FieldPath) => number | undefined): string {
  let text = '';
  let line = 1;
  const goTo = (path: FieldPath): void => {
    const wanted = lineOf(path) ?? line;
    if (wanted <= line) return;
    text += '\n'.repeat(wanted - line);
    line = wanted;
  };
  const write = (one: JsonValue, path: FieldPath): void => {
    if (isObject(one)) {
      // What was rendered has its keys in another order than the text that it comes from.
      const entries = Object.entries(one).toSorted(([a], [b]) => (lineOf([...path, a]) ?? 0) - (lineOf([...path, b]) ?? 0));
      list('{}', entries, path, ([key, inner]) => [key, inner, `${JSON.stringify(key)}: `]);
    } else if (isArray(one)) list('[]', [...one.entries()], path, ([index, inner]) => [index, inner, '']);
    else text += stringifyJson(one);
  };
  function list<T>(
    [open, close]: string,
    items: readonly T[],
    path: FieldPath,
    partsOf: (item: T) => readonly [step: string | number, value: JsonValue, prefix: string],
  ): void {
    text += open ?? '';
    for (const [index, item] of items.entries()) {
      const [step, inner, prefix] = partsOf(item);
      if (index > 0) text += ', ';
      goTo([...path, step]);
      text += prefix;
      write(inner, [...path, step]);
    }
    text += close ?? '';
  }
  write(value, []);
  return text;
}
