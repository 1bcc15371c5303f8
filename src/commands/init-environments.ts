import type { Deployed } from './init-pointers.ts';

export const environmentNames = ['production', 'prod', 'staging', 'stage', 'development', 'dev', 'test', 'qa'];
const alike = [
  ['production', 'prod'],
  ['staging', 'stage'],
  ['development', 'dev'],
];

/** A glob or a namespace of an environment, with the reason for a comment; none if a folder's or file's name is the reason. */
export interface Criterion {
  readonly key: 'paths' | 'namespaces';
  readonly value: string;
  readonly because?: string;
}

/** Adds what pointers deploy to the environments that names of folders and files tell. Those that it cannot place are in `unplaced`. */
export function withPointers(
  byName: ReadonlyMap<string, readonly string[]>,
  deployed: readonly Deployed[],
): { readonly environments: ReadonlyMap<string, readonly Criterion[]>; readonly unplaced: readonly Deployed[] } {
  const environments = new Map<string, Criterion[]>(
    [...byName].map(([name, globs]) => [name, globs.map((value): Criterion => ({ key: 'paths', value }))]),
  );
  const placed = deployed.map((one) => ({ one, found: environmentOf(one, [...byName.keys()]) }));
  const unplaced: Deployed[] = [];
  for (const { one, found } of placed) {
    if (found === undefined) continue;
    const own = environments.get(found.name) ?? [];
    environments.set(found.name, own);
    if (own.some(({ key, value }) => key === 'paths' && covers(value, one.file))) continue;
    const others = placed.filter((other) => other.one.place === one.place && other.found?.name !== found.name);
    const key = found.hint === 'namespace' ? 'namespaces' : 'paths';
    const value = key === 'namespaces' ? one.namespace : one.place;
    if (value === undefined || (key === 'paths' && others.length > 0)) unplaced.push(one);
    else if (!own.some((criterion) => criterion.key === key && criterion.value === value))
      own.push({ key, value, because: `${one.by} (${one.file}:${one.line}) deploys ${one.what}; ${found.hint} ${found.text}` });
  }
  return { environments: new Map([...environments].filter(([, criteria]) => criteria.length > 0)), unplaced };
}

interface Hint {
  readonly name: string;
  readonly hint: string;
  readonly text: string;
}

/** The namespace first: what is deployed has it, wherever its pointer is. */
function environmentOf({ namespace, hints }: Deployed, known: readonly string[]): Hint | undefined {
  const all = [...(namespace === undefined ? [] : [['namespace', namespace] as const]), ...hints];
  for (const [hint, text] of all) {
    const word = text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .find((part) => environmentNames.includes(part));
    if (word !== undefined) return { name: sameAs(word, known), hint, text };
  }
  return undefined;
}

/** `prod` is `production` where a folder is named so. */
function sameAs(word: string, known: readonly string[]): string {
  if (known.includes(word)) return word;
  return alike.find((group) => group.includes(word))?.find((name) => known.includes(name)) ?? word;
}

function covers(glob: string, file: string): boolean {
  return glob === file || (glob.endsWith('/**') && file.startsWith(glob.slice(0, -2)));
}
