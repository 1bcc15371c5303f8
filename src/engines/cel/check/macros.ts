import type { Call, Node } from '../node.ts';
import { selectionOf } from '../node.ts';
import { isAny } from './assignable.ts';
import type { Run } from './checker.ts';
import { messageCall, optionalEntry } from './entries.ts';
import { checkMessage } from './messages.ts';
import { Refused } from './refused.ts';
import * as types from './types.ts';
import { type Type, textOf } from './types.ts';

type CheckMacro = (run: Run, call: Call, node: Node) => Type;

/** Macros as cel-go expands them, by name and number of arguments. `has` and `k8sOptionalEntry` are not called on a value. */
export const macros: Readonly<Record<string, CheckMacro>> = {
  'has/1': (run, { arguments: [field] }) => {
    const selection = field && selectionOf(field);
    if (field?.op !== '.' || selection === undefined) throw new Refused('has() takes a field, such as has(object.spec)');
    run.field(selection.operand, selection.field, false);
    return types.bool;
  },
  [`${optionalEntry}/1`]: (run, { arguments: [value] }) => (value === undefined ? types.error : run.check(value)),
  [`${messageCall}/2`]: (run, _call, node) => checkMessage(run, node),
  '.all/2': (run, call) => quantifier(run, call, 1),
  '.exists/2': (run, call) => quantifier(run, call, 1),
  '.exists_one/2': (run, call) => quantifier(run, call, 1),
  '.all/3': (run, call) => quantifier(run, call, 2),
  '.exists/3': (run, call) => quantifier(run, call, 2),
  '.existsOne/3': (run, call) => quantifier(run, call, 2),
  '.exists_one/3': (run, call) => quantifier(run, call, 2),
  '.filter/2': (run, call) => {
    quantifier(run, call, 1);
    const [item] = itemTypes(run, call, 1);
    return types.listOf(item ?? types.dyn);
  },
  '.map/2': (run, call) => types.listOf(transformed(run, call, 1)),
  '.map/3': (run, call) => types.listOf(transformed(run, call, 1)),
  '.transformList/3': (run, call) => types.listOf(transformed(run, call, 2)),
  '.transformList/4': (run, call) => types.listOf(transformed(run, call, 2)),
  '.transformMap/3': transformMap,
  '.transformMap/4': transformMap,
  '.transformMapEntry/3': transformMapEntry,
  '.transformMapEntry/4': transformMapEntry,
  '.sortBy/2': (run, call, node) => {
    const list = call.receiver && run.check(call.receiver);
    const item = run.substitutions.free();
    const key = run.resolve(transformed(run, call, 1));
    if (list === undefined || !run.substitutions.fits([list], [types.listOf(item)])) throw notA('list', 'sortBy', run, list);
    if (!isAny(key) && key.kind !== 'primitive' && key.kind !== 'time' && key.kind !== 'param')
      throw new Refused(`sortBy() has keys of type ${textOf(key)}, which have no order`);
    run.types.set(node, list);
    return types.listOf(run.resolve(item));
  },
  '.optMap/2': (run, call) => types.optionalOf(ofOptional(run, call)),
  '.optFlatMap/2': (run, call) => {
    const found = ofOptional(run, call);
    const value = run.substitutions.free();
    if (!run.substitutions.fits([found], [types.optionalOf(value)]))
      throw notA('optional', 'the result of optFlatMap', run, found);
    return isAny(run.resolve(found)) ? types.dyn : types.optionalOf(run.resolve(value));
  },
};

/** The type of what a macro gives; undefined for a call of a function. */
export function checkMacro(run: Run, node: Node, call: Call): Type | undefined {
  const key = `${call.receiver === undefined ? '' : '.'}${call.name}/${call.arguments.length}`;
  return Object.hasOwn(macros, key) ? macros[key]?.(run, call, node) : undefined;
}

export function variableOf(node: Node | undefined, macro: string): string {
  if (node?.op !== 'id') throw new Refused(`${macro}() takes the name of a variable as its first argument`);
  if (node.args === '__result__') throw new Refused(`${macro}() has a variable named __result__, which is reserved`);
  return String(node.args);
}

function variablesOf({ name, arguments: given }: Call, count: 1 | 2): readonly string[] {
  const names = given.slice(0, count).map((node) => variableOf(node, name));
  if (names[0] === names[1]) throw new Refused(`${name}() has two variables named ${names[0]}`);
  return names;
}

/** The types of the variables: item, or index and item, of a list; key, or key and value, of a map. */
function itemTypes(run: Run, { receiver, name }: Call, count: 1 | 2): readonly Type[] {
  const range = run.resolve(receiver === undefined ? types.error : (run.types.get(receiver) ?? run.check(receiver)));
  if (range.kind === 'list') return count === 1 ? range.parameters : [types.int, ...range.parameters];
  if (range.kind === 'map') return range.parameters.slice(0, count);
  if (range.kind === 'param') run.substitutions.fits([types.dyn], [range]);
  else if (!isAny(range)) throw new Refused(`${name}() is called on ${textOf(range)}, which is neither a list nor a map`);
  return [types.dyn, types.dyn].slice(0, count);
}

function scopeOf(run: Run, call: Call, count: 1 | 2): Readonly<Record<string, Type>> {
  if (call.receiver !== undefined) run.check(call.receiver);
  const found = itemTypes(run, call, count);
  return Object.fromEntries(variablesOf(call, count).map((name, index) => [name, found[index] ?? types.dyn]));
}

function quantifier(run: Run, call: Call, count: 1 | 2): Type {
  const scope = scopeOf(run, call, count);
  const condition = call.arguments[count];
  if (condition !== undefined) run.expect(types.bool, run.checkWith(condition, scope), `the condition of ${call.name}()`);
  return types.bool;
}

/** The type of the last argument; one between it and the variables is a condition. */
function transformed(run: Run, call: Call, count: 1 | 2): Type {
  const scope = scopeOf(run, call, count);
  const [condition, result] =
    call.arguments.length > count + 1 ? call.arguments.slice(count) : [undefined, call.arguments[count]];
  if (condition !== undefined) run.expect(types.bool, run.checkWith(condition, scope), `the condition of ${call.name}()`);
  return result === undefined ? types.error : run.checkWith(result, scope);
}

function transformMap(run: Run, call: Call): Type {
  const value = transformed(run, call, 2);
  return types.mapOf(itemTypes(run, call, 2)[0] ?? types.dyn, value);
}

function transformMapEntry(run: Run, call: Call): Type {
  const entry = transformed(run, call, 2);
  const map = types.mapOf(run.substitutions.free(), run.substitutions.free());
  if (!run.substitutions.fits([entry], [map])) throw notA('map', 'the result of transformMapEntry', run, entry);
  return run.resolve(map);
}

function ofOptional(run: Run, call: Call): Type {
  const given = call.receiver === undefined ? types.error : run.check(call.receiver);
  const value = run.substitutions.free();
  if (!run.substitutions.fits([given], [types.optionalOf(value)])) throw notA('optional', call.name, run, given);
  const [variable, body] = call.arguments;
  return body === undefined ? types.error : run.checkWith(body, { [variableOf(variable, call.name)]: run.resolve(value) });
}

function notA(wanted: string, what: string, run: Run, type: Type = types.error): Refused {
  return new Refused(`${what} is of type ${textOf(run.resolve(type, true))}, not ${wanted}`);
}
