import { parseJson } from '../../../model/attempt.ts';
import { type Faults, invalidKey, invalidSecret, required, tooLong } from './faults.ts';
import type { Field } from './field.ts';
import { configKey } from './names.ts';

const most = 1024 * 1024;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function* configMap(object: Field): Faults {
  const [texts, binaries] = [object.at('data'), object.at('binaryData')];
  yield* keys(texts);
  yield* keys(binaries);
  for (const [key, value] of texts.entries())
    if (binaries.at(key).isSet) yield invalidKey(value, 'config-key', 'duplicate of key present in binaryData');
  for (const [, value] of binaries.entries()) yield* encoded(value);
  const size =
    sum(texts.entries().map(([, { text }]) => Buffer.byteLength(text))) +
    sum(binaries.entries().map(([, value]) => bytesOf(value)));
  if (size > most) yield tooLong(object.at('data'), 'config-size', most);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const decoded = ({ text }: Field) => Buffer.from(text.replace(/[\r\n]/g, ''), 'base64');
const bytesOf = (field: Field) => decoded(field).length;

function* keys(map: Field): Faults {
  for (const [key, value] of map.entries()) for (const detail of configKey(key)) yield invalidKey(value, 'config-key', detail);
}

/** Go ignores line breaks in base64. */
function* encoded(value: Field): Faults {
  if (typeof value.value === 'string' && !base64.test(value.text.replace(/[\r\n]/g, '')))
    yield invalidSecret(value, 'base64', 'illegal base64 data');
}

/** Which keys a type of Secret must have: all of a list, or any of it. */
const needs: Readonly<Record<string, { readonly every?: readonly string[]; readonly some?: readonly string[] }>> = {
  'kubernetes.io/dockercfg': { every: ['.dockercfg'] },
  'kubernetes.io/dockerconfigjson': { every: ['.dockerconfigjson'] },
  'kubernetes.io/basic-auth': { some: ['username', 'password'] },
  'kubernetes.io/ssh-auth': { every: ['ssh-privatekey'] },
  'kubernetes.io/tls': { every: ['tls.crt', 'tls.key'] },
};

/** No message contains a value. */
export function* secret(object: Field): Faults {
  const [data, texts, type] = [object.at('data'), object.at('stringData'), object.at('type').text];
  yield* keys(data);
  yield* keys(texts);
  for (const [, value] of data.entries()) yield* encoded(value);
  const contents = new Map<string, Buffer>();
  for (const [key, value] of data.entries()) contents.set(key, decoded(value));
  for (const [key, { text }] of texts.entries()) contents.set(key, Buffer.from(text));
  if (sum([...contents.values()].map(({ length }) => length)) > most) yield tooLong(data, 'config-size', most);
  const account = object.at('metadata', 'annotations', 'kubernetes.io/service-account.name');
  if (type === 'kubernetes.io/service-account-token' && account.text === '') yield required(account, 'secret-type');
  const need = Object.hasOwn(needs, type) ? needs[type] : undefined;
  const isThere = (key: string) => contents.has(key) && (type !== 'kubernetes.io/ssh-auth' || contents.get(key)?.length !== 0);
  for (const key of need?.every ?? [])
    if (!isThere(key)) yield required(data.at(key), 'secret-type', `a Secret of type ${type} must have it`);
  if (need?.some?.some(isThere) === false)
    yield required(data.at(need.some[0] ?? ''), 'secret-type', `or ${need.some.slice(1).join(' or ')}`);
  const docker = type.startsWith('kubernetes.io/dockerc') ? need?.every?.[0] : undefined;
  const content = docker === undefined ? undefined : contents.get(docker);
  if (docker !== undefined && content !== undefined && !isJsonObject(content.toString()))
    yield invalidSecret(texts.at(docker).isSet ? texts.at(docker) : data.at(docker), 'secret-type', 'must be an object of JSON');
}

function isJsonObject(text: string): boolean {
  const value = parseJson(text);
  return typeof value === 'object' && !Array.isArray(value);
}
