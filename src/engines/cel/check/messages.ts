import type { Node } from '../node.ts';
import { isAny } from './assignable.ts';
import type { Run } from './checker.ts';
import { isOptionalEntry, messageOf } from './entries.ts';
import { Refused, Unsupported } from './refused.ts';
import * as types from './types.ts';
import { type Type, textOf } from './types.ts';

/** The types that only mutations have: https://github.com/kubernetes/apiserver/tree/v0.36.3/pkg/cel/mutation. */
export const patchType = 'JSONPatch';
const objectType = /^Object(?:\.\w+)*$/;

const patchFields: Readonly<Record<string, Type>> = {
  op: types.string,
  path: types.string,
  from: types.string,
  value: types.dyn,
};

/** `Object.spec{replicas: 2}`: of the fields of an object nothing is known until it is evaluated. */
export function checkMessage(run: Run, node: Node): Type {
  const message = messageOf(node);
  if (message === undefined) throw new Refused('a message of nothing');
  const { name, fields } = message;
  if (name.startsWith('google.')) throw new Unsupported('a message, such as google.protobuf.Value{}');
  const isKnown = run.hasPatchTypes && (name === patchType || objectType.test(name));
  if (!isKnown) throw new Refused(`undeclared reference to '${name}'`);
  for (const [field, value] of fields) {
    const given = run.resolve(run.check(value));
    const wanted = fieldOfMessage(name, field);
    const found = isOptionalEntry(value) ? types.optionalValue(given) : given;
    if (found === undefined && !isAny(given))
      throw new Refused(`the optional field ${field} is of type ${textOf(given)}, not optional`);
    if (!run.substitutions.fits([found ?? given], [wanted]))
      throw new Refused(`expected type of field '${field}' is '${textOf(wanted)}' but provided type is '${textOf(given)}'`);
  }
  return { kind: 'object', name, parameters: [] };
}

/** Undefined for types that mutations do not have. */
export function messageField(type: string, field: string): Type | undefined {
  return type === patchType || objectType.test(type) ? fieldOfMessage(type, field) : undefined;
}

function fieldOfMessage(type: string, field: string): Type {
  if (type !== patchType) return types.dyn;
  const found = Object.hasOwn(patchFields, field) ? patchFields[field] : undefined;
  if (found === undefined) throw new Refused(`undefined field '${field}' of ${patchType}`);
  return found;
}
