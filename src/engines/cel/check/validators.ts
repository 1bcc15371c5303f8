import type { Library } from '../libraries/library.ts';
import { compilePattern } from '../libraries/regex.ts';
import { callOf, eachNode, entriesOf, type Node, nodesIn } from '../node.ts';
import { isAny } from './assignable.ts';
import type { Checked } from './checker.ts';
import { isOptionalEntry, messageCall, messageOf } from './entries.ts';
import { Refused } from './refused.ts';
import { dyn, optionalValue, type Type, textOf } from './types.ts';

/**
 * What an API server refuses beyond wrong types: lists and maps of mixed types, and constants that a function cannot take.
 * https://github.com/google/cel-go/blob/v0.26.0/cel/validator.go. Throws Refused.
 */
export function validate(root: Node, checked: Checked, library: Library): void {
  const exempt = new Set<Node>();
  if (root.input.includes('format'))
    eachNode(root, (node) => {
      if (callOf(node)?.name === 'format') eachNode(node, (inner) => exempt.add(inner));
    });
  if (root.input.includes(messageCall))
    eachNode(root, (node) => {
      if (messageOf(node) !== undefined) for (const fields of callOf(node)?.arguments ?? []) exempt.add(fields);
    });
  eachNode(root, (node) => {
    if (!exempt.has(node)) requireOneType(node, checked);
    requireConstants(node, checked, library);
  });
}

function requireOneType(node: Node, { typeAt }: Checked): void {
  const typeOfEntry = (entry: Node) => {
    const type = typeAt(entry);
    return isOptionalEntry(entry) ? (optionalValue(type) ?? dyn) : type;
  };
  if (node.op === 'list') requireSame(nodesIn(node.args).map(typeOfEntry));
  if (node.op !== 'map') return;
  requireSame(entriesOf(node).map(([key]) => typeAt(key)));
  requireSame(entriesOf(node).map(([, value]) => typeOfEntry(value)));
}

function requireSame([first, ...others]: readonly Type[]): void {
  if (first === undefined) return;
  const other = others.find((type) => textOf(type) !== textOf(first));
  if (other !== undefined) throw new Refused(`expected type '${textOf(first)}' but found '${textOf(other)}'`);
}

const conversions = ['bool', 'bytes', 'double', 'duration', 'int', 'string', 'timestamp', 'uint'];

/** A constant index of a type that no key has is refused when the program is made. */
function requireKey(node: Node): void {
  const [, index] = nodesIn(node.args);
  const call = index && callOf(index);
  const key = call?.name === 'dyn' ? call.arguments[0] : index;
  if (key?.op === 'value' && (key.args === null || key.args instanceof Uint8Array)) throw new Refused('invalid qualifier type');
}

function requireConstants(node: Node, checked: Checked, library: Library): void {
  if (node.op === '[]') requireKey(node);
  const call = callOf(node);
  const resolution = checked.resolution(node);
  const [first] = call?.arguments ?? [];
  if (call === undefined || resolution === undefined || first === undefined) return;
  if (call.name === 'format' && call.receiver?.op === 'value' && first.op === 'list')
    requireFormat(String(call.receiver.args), nodesIn(first.args), checked);
  if (first.op !== 'value') return;
  try {
    if (call.name === 'matches') compilePattern(String(first.args));
    if (call.receiver !== undefined || !conversions.includes(call.name)) return;
    const [overload] = resolution.overloads;
    if (overload !== undefined && !(typeof first.args === 'object')) library[overload.id]?.(first.args);
  } catch (thrown) {
    throw new Refused(`invalid ${call.name} argument: ${thrown instanceof Error ? thrown.message : ''}`);
  }
}

/** The types that each verb takes. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
  s: [
    ...['list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'bytes', 'type', 'null_type'],
    ...['google.protobuf.Timestamp', 'google.protobuf.Duration'],
  ],
};

function requireFormat(template: string, values: readonly Node[], { typeAt }: Checked): void {
  const wanted = [...template.matchAll(/%(?:%|(?:\.(\d*))?([\s\S]?))/gu)].filter(([found]) => found !== '%%');
  for (const [index, [found, precision, verb = '']] of wanted.entries()) {
    const value = values[index];
    const types = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (types === undefined || precision === '') throw new Refused(`format(): could not parse the formatting clause ${found}`);
    if (value === undefined) throw new Refused(`format(): index ${index} out of range`);
    const type = typeAt(value);
    if (!isAny(type) && !types.includes(type.name))
      throw new Refused(`format(): ${found} does not take a value of type ${textOf(type)}`);
  }
  if (values.length > wanted.length)
    throw new Refused(`too many arguments supplied to string.format (expected ${wanted.length}, got ${values.length})`);
}
