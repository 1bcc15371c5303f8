import * as z from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type JudgingRule, type PolicyModule, packagePathOf, type RuleNode } from './modules.ts';
import { type Reference, referencesIn } from './references.ts';

/** A reference to data that neither a policy nor the configuration defines. */
export interface MissingData {
  /** `data.forbidden`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

interface Definition {
  readonly node: RuleNode;
  readonly of: PolicyModule;
}

/**
 * What a rule reads, directly or through other rules, below `data` and finds nowhere: OPA evaluates that to undefined, so the rule may never
 * reject. Data inside of a list or a rule's value depends on the resource, and is not compared.
 * @param data `engines.opa.data`
 */
export function missingDataOf(rule: JudgingRule, modules: readonly PolicyModule[], data: JsonObject): readonly MissingData[] {
  const found = new Map<string, MissingData>();
  for (const { node, of } of definitionsOf(rule, modules)) {
    for (const read of referencesIn(node)) {
      const path = pathOf(read, of, modules);
      if (path === undefined || path.length === 0 || isInPolicies(path, modules) || isInData(path, data)) continue;
      const name = `data.${path.join('.')}`;
      if (!found.has(name)) found.set(name, { name, file: of.policy.file, line: read.line ?? node.location.row });
    }
  }
  return [...found.values()];
}

/** The definitions of a rule, and of the rules that they read, directly or through others. */
export function definitionsOf(
  { packagePath, namePath }: Pick<JudgingRule, 'packagePath' | 'namePath'>,
  modules: readonly PolicyModule[],
): readonly Definition[] {
  const reached = new Map(definitionsAt([...packagePath, ...namePath.slice(0, 1)], modules).map((one) => [one.node, one]));
  for (const { node, of } of reached.values())
    for (const read of referencesIn(node))
      for (const next of definitionsRead(pathOf(read, of, modules), modules)) reached.set(next.node, next);
  return [...reached.values()];
}

/** `data` as a whole does not name each of its rules. */
function definitionsRead(path: readonly string[] | undefined, modules: readonly PolicyModule[]): readonly Definition[] {
  return path === undefined || path.length === 0 ? [] : definitionsAt(path, modules);
}

/** The path below `data`; undefined for what is not data, such as local variables and `input`. */
function pathOf({ root, steps }: Reference, of: PolicyModule, modules: readonly PolicyModule[]): readonly string[] | undefined {
  if (root === 'data') return steps;
  const imported = importsOf(of).get(root);
  if (imported !== undefined) return [...imported, ...steps];
  const own = [...packagePathOf(of.module), root];
  return definitionsAt(own, modules).length > 0 ? [...own, ...steps] : undefined;
}

const importsSchema = z.array(
  z.looseObject({
    alias: z.string().optional(),
    path: z.looseObject({ value: z.array(z.looseObject({ value: z.unknown() })) }),
  }),
);

/** The name of each import from `data` -> its path below `data`. */
function importsOf({ module }: PolicyModule): ReadonlyMap<string, readonly string[]> {
  const parsed = importsSchema.safeParse(module.imports ?? []);
  const entries = (parsed.success ? parsed.data : []).flatMap(({ alias, path: { value } }): [string, readonly string[]][] => {
    const [root, ...steps] = value.map((step) => String(step.value));
    const name = alias ?? steps.at(-1);
    return root === 'data' && name !== undefined ? [[name, steps]] : [];
  });
  return new Map(entries);
}

/** The rules that a path reads: those of its name, and all of a package that it contains. */
function definitionsAt(path: readonly string[], modules: readonly PolicyModule[]): readonly Definition[] {
  return modules.flatMap((of) => {
    const own = packagePathOf(of.module);
    if (!isPrefix(own.slice(0, path.length), path)) return [];
    const name = path[own.length];
    return (of.module.rules ?? [])
      .filter(({ head }) => name === undefined || String(head.ref[0]?.value) === name)
      .map((node) => ({ node, of }));
  });
}

function isInPolicies(path: readonly string[], modules: readonly PolicyModule[]): boolean {
  return modules.some(({ module }) => isPrefix(path, packagePathOf(module))) || definitionsAt(path, modules).length > 0;
}

function isInData(path: readonly string[], data: JsonValue): boolean {
  const [step, ...rest] = path;
  if (step === undefined || !isObject(data)) return true;
  const value = Object.hasOwn(data, step) ? data[step] : undefined;
  return value !== undefined && isInData(rest, value);
}

function isPrefix(start: readonly string[], path: readonly string[]): boolean {
  return start.every((step, index) => step === path[index]);
}
