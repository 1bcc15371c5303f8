import { type PolicyModule, packagePathOf } from './modules.ts';

export interface Reference {
  readonly root: string;
  /** Up to the first that is not a string. */
  readonly steps: readonly string[];
  /** Whether a step that is not a string follows directly: `input[i].contents`. */
  readonly isIndexed?: true;
  /** The string after that step. */
  readonly after?: string;
  /** Line in its module, from 1, where OPA gives one. */
  readonly line?: number;
}

/** The variables and references of a part of a syntax tree: `{type: 'ref', value: [{type: 'var', value: 'input'}, {type: 'string', …}]}`. */
export function* referencesIn(node: unknown, except: ReadonlySet<unknown> = new Set()): Generator<Reference> {
  if (except.has(node)) return;
  if (Array.isArray(node)) {
    for (const item of node) yield* referencesIn(item, except);
    return;
  }
  if (!isTerm(node)) return;
  const { type, value } = node;
  if (type === 'var' && typeof value === 'string') yield { root: value, steps: [] };
  if (type !== 'ref' || !Array.isArray(value)) {
    for (const member of Object.values(node)) yield* referencesIn(member, except);
    return;
  }
  const [head, ...rest]: readonly unknown[] = value;
  const end = rest.findIndex((step) => !isTerm(step) || step.type !== 'string');
  const texts = rest.slice(0, end < 0 ? undefined : end).map((step) => (isTerm(step) ? String(step.value) : ''));
  if (isTerm(head) && head.type === 'var')
    yield { root: String(head.value), steps: texts, ...indexed(rest, end), ...lineOf(node) };
  else yield* referencesIn(head, except);
  yield* referencesIn(rest, except);
}

/** Calls with their arguments, in order: `assign(r, input)` is how OPA parses `r := input`, and `eq` is `=`. */
export function* callsIn(node: unknown): Generator<{ readonly name: string; readonly of: readonly unknown[] }> {
  const members = Array.isArray(node) ? node : isTerm(node) ? Object.values(node) : [];
  const [operator, ...of]: readonly unknown[] = members;
  if (Array.isArray(node) && isTerm(operator) && operator.type === 'ref') {
    const [reference] = referencesIn(operator);
    if (reference !== undefined) yield { name: [reference.root, ...reference.steps].join('.'), of };
  }
  for (const member of members) yield* callsIn(member);
}

function indexed([, next]: readonly unknown[], end: number): Pick<Reference, 'isIndexed' | 'after'> {
  if (end !== 0) return {};
  return { isIndexed: true, ...(isTerm(next) && next.type === 'string' && { after: String(next.value) }) };
}

export function isTerm(
  node: unknown,
): node is { readonly type?: unknown; readonly value?: unknown; readonly location?: unknown } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function lineOf({ location }: { readonly location?: unknown }): { readonly line?: number } {
  const row = typeof location === 'object' && location !== null && 'row' in location ? location.row : undefined;
  return typeof row === 'number' ? { line: row } : {};
}

/** The modules, and those of the packages that they read, directly or through others. */
export function withUsed(start: readonly PolicyModule[], all: readonly PolicyModule[]): readonly PolicyModule[] {
  const used = new Set(start);
  for (const one of used) {
    for (const { root, steps: read } of referencesIn(contentOf(one))) {
      if (root !== 'data') continue;
      for (const other of all) {
        const steps = packagePathOf(other.module);
        if (read.every((step, index) => index >= steps.length || step === steps[index])) used.add(other);
      }
    }
  }
  return [...used];
}

/** Imports and rules: the path of the package itself begins with `data`, which would be a reference to all of it. */
export function contentOf({ module: { package: _package, ...content } }: PolicyModule): unknown {
  return content;
}
