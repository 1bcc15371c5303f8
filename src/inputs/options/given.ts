import { GateError } from '../../model/gate-error.ts';
import { lines } from '../lines.ts';
import type { Option, ValueTypes } from './option.ts';
import { type Given, optionEntries } from './table.ts';

/** What a place holds for an option: the text of an input, or what node:util's parser makes of a flag. */
interface Found {
  /** As the user wrote it. */
  readonly name: string;
  readonly value: string | boolean | readonly (string | boolean)[];
}

/** @param resolve A file, by the folder it is relative to. Throws GateError INPUT_INVALID, as the readers below. */
function collect(find: (option: Option) => Found | undefined, resolve: (file: string) => string): Given;
function collect(
  find: (option: Option) => Found | undefined,
  resolve: (file: string) => string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    optionEntries.flatMap(([key, option]) => {
      const found = find(option);
      return option.type === undefined || found === undefined ? [] : [[key, readers[option.type](found, resolve)]];
    }),
  );
}

/** The inputs of the action. An empty one has its default, and is not given if it has none. */
export function givenInputs(input: (name: string) => string, resolve: (file: string) => string): Given {
  return collect(({ input: place }) => {
    if (place === undefined) return undefined;
    const { name, default: otherwise = '' } = place;
    const value = input(name) || (otherwise.startsWith('$') ? '' : otherwise);
    return value === '' ? undefined : { name, value };
  }, resolve);
}

/** The flags of a command, by their names. */
export function givenFlags(
  values: Readonly<Record<string, Found['value'] | undefined>>,
  resolve: (file: string) => string,
): Given {
  return collect(({ flag }) => {
    if (flag === undefined) return undefined;
    const value = values[flag.name] ?? flag.default;
    return value === undefined ? undefined : { name: flag.name, value: value === true ? (flag.sets ?? true) : value };
  }, resolve);
}

const text = ({ value }: Found): string => String(value);
const list = ({ value }: Found): readonly string[] => (Array.isArray(value) ? value.map(String) : lines(String(value)));

const readers: {
  readonly [T in keyof ValueTypes]: (found: Found, resolve: (file: string) => string) => ValueTypes[T];
} = {
  text,
  list,
  boolean: (found) => parseBoolean(found.name, text(found)),
  count: (found) => parseCount(found.name, text(found)),
  file: (found, resolve) => resolve(text(found)),
  files: (found, resolve) => list(found).map(resolve),
};

/** GitHub's own rule for booleans (YAML 1.2 core schema): anything else is an error, never false. */
function parseBoolean(name: string, value: string): boolean {
  if (['true', 'True', 'TRUE'].includes(value)) return true;
  if (['false', 'False', 'FALSE'].includes(value)) return false;
  throw new GateError('INPUT_INVALID', { message: `${name}: \`${value}\` is neither true nor false`, expected: 'true or false' });
}

function parseCount(name: string, value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && count >= 1 && count <= 32) return count;
  throw new GateError('INPUT_INVALID', { message: `${name}: \`${value}\` is not a number from 1 to 32`, expected: '1 to 32' });
}
