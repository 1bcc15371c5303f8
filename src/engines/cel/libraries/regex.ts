import { EvaluationError } from '@marcbachmann/cel-js';
import { type Matcher, RE2JS } from 're2js';
import { memoize } from '../../../model/memoize.ts';
import type { CreateLibrary } from './library.ts';

/** Kubernetes bounds the cost of a pattern by its length. */
const patternLength = 2_000;

export const compilePattern = memoize((text) => {
  if (text.length > patternLength) throw new EvaluationError(`a pattern is longer than ${patternLength} characters`);
  try {
    return RE2JS.compile(text);
  } catch (thrown) {
    throw new EvaluationError(`not a pattern of RE2: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
});

/** `matches`, `find` and `findAll` with RE2, which takes linear time. */
export const regexLibrary: CreateLibrary = (spend) => {
  /** Kubernetes charges the length of the text times that of the pattern; here that of the compiled pattern, since `(a{100}){10}` is long. */
  const search = (text: string, regex: string): Matcher => {
    const pattern = compilePattern(regex);
    spend((text.length * pattern.programSize()) / 40);
    return pattern.matcher(text);
  };
  const matches = (text: string, regex: string): boolean => search(text, regex).find();
  const findAll = (text: string, regex: string, limit = -1n): readonly string[] => {
    const matcher = search(text, regex);
    const found: string[] = [];
    while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '');
    return found;
  };
  return {
    matches,
    matches_string: matches,
    string_find_string: (text: string, regex: string) => findAll(text, regex, 1n)[0] ?? '',
    string_find_all_string: findAll,
    string_find_all_string_int: findAll,
  };
};
