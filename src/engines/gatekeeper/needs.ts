import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

export interface Needs {
  /** Why no result of it can be trusted without a cluster; undefined if it can. */
  readonly cluster?: string;
  /** gator does not compile the code, so it does not get it. */
  readonly uncompiled: boolean;
  /** It compares an object with others (`data.inventory`). */
  readonly inventory: boolean;
  /** Its result depends on the time. */
  readonly clock: boolean;
}

const needs: readonly (readonly [RegExp, string])[] = [
  [/\bexternal_data\b/, 'it asks an external data provider, which only the cluster has'],
  [/\bhttp\.send\b|\bnet\.lookup_ip_addr\b/, 'it needs the network'],
  [/\buserInfo\b/, 'it depends on the user who deploys it'],
  [/\bauthorizer\b/, 'it depends on the permissions of the user who deploys it'],
  [/\bnamespaceObject\b/, 'it reads the Namespace, which gator does not pass to it'],
];

export function needsOf(code: string, language: 'rego' | 'cel'): Needs {
  const text = withoutComments(code, language);
  const cluster = needs.find(([pattern]) => pattern.test(text))?.[1] ?? operationNeed(text, language);
  return {
    ...(cluster !== undefined && { cluster }),
    uncompiled: language === 'rego' && /\bexternal_data\b/.test(text),
    inventory: language === 'rego' && /\binventory\b/.test(text),
    clock: /\btime\.now_ns\b/.test(text),
  };
}

function withoutComments(code: string, language: 'rego' | 'cel'): string {
  return language === 'cel' ? code : code.replaceAll(/^\s*#.*$/gm, '');
}

/** gator leaves the operation empty. That equals a creation only where it is compared with other operations. */
function operationNeed(text: string, language: 'rego' | 'cel'): string | undefined {
  const rest = created(text, language);
  const reads = /\.\s*operation\b|\[\s*["']operation["']\s*\]|["']operation["']/.test(rest);
  if (!reads || !/["'](?:CREATE|CONNECT)["']/.test(text)) return undefined;
  return 'it depends on the operation, which gator does not pass to it';
}

function created(text: string, language: 'rego' | 'cel'): string {
  return language === 'rego'
    ? text.replaceAll(/(?<![\w.])input\.review\.operation\b/g, (found, at: number) => (isQuoted(text, at) ? found : '"CREATE"'))
    : text.replaceAll(/\bhas\(\s*request\.operation\s*\)/g, 'true').replaceAll(/(?<![\w.])request\.operation\b/g, '"CREATE"');
}

function isQuoted(text: string, at: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', at) + 1, at).replaceAll(/\\./g, '');
  return before.split('"').length % 2 === 0 || before.split('`').length % 2 === 0;
}

/** The spec of a template with the operation that gator leaves empty: objects of a change are evaluated as if they were created. */
export function withCreate(spec: JsonObject, language: 'rego' | 'cel'): JsonObject {
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [key, key === 'targets' ? replaced(value, language) : value]),
  );
}

function replaced(value: JsonValue, language: 'rego' | 'cel'): JsonValue {
  if (typeof value === 'string') return created(value, language);
  if (isArray(value)) return value.map((item) => replaced(item, language));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, language)]));
}
