import { GateError } from '../../model/gate-error.ts';
import { type JudgingRule, type PolicyModule, packagePathOf, type RuleNode } from './modules.ts';

/** What a part of a module reads, by its references. */
interface Reads {
  /** `input.review` and `input.parameters`, which only Gatekeeper sets. */
  readonly ofGatekeeper: boolean;
  /** `input` itself, or any other field of it. */
  readonly ofResource: boolean;
  /** Paths below `data`, without it. */
  readonly data: readonly (readonly string[])[];
}

/**
 * A rule of which nothing is read but `input.review` is undefined for every resource: it would pass whatever it is asked. A rule that also
 * reads `input`, as libraries for both conftest and Gatekeeper do, may reject, and is kept. Throws POLICY_INVALID.
 */
export function refuseGatekeeperInput(rules: readonly JudgingRule[], modules: readonly PolicyModule[]): void {
  const found = rules.find((rule) => isOnlyOfGatekeeper(rule, modules));
  if (found === undefined) return;
  throw new GateError('POLICY_INVALID', {
    file: found.file,
    line: found.line,
    message: `${found.packageName}.${found.name} reads the \`input.review\` of Gatekeeper, which does not exist here, so it never rejects anything`,
    expected: 'a rule about `input`, which is the resource itself',
    next: 'Replace `input.review.object` with `input`, or put the Rego in a ConstraintTemplate, which the engine gatekeeper evaluates.',
  });
}

export function readsGatekeeper({ module }: PolicyModule): boolean {
  return readsOf(module).ofGatekeeper;
}

function isOnlyOfGatekeeper(rule: JudgingRule, modules: readonly PolicyModule[]): boolean {
  const own = modules.filter(({ module }) => packagePathOf(module).join('.') === rule.packageName);
  const definitions = own.flatMap(({ module }) => (module.rules ?? []).filter((node) => isDefinition(node, rule)));
  return isGatekeepers(definitions.map(readsOf)) || isGatekeepers(withUsed(own, modules).map((one) => readsOf(contentOf(one))));
}

function isDefinition(node: RuleNode, { namePath }: JudgingRule): boolean {
  return namePath.every((step, index) => node.head.ref[index]?.value === step);
}

function isGatekeepers(all: readonly Reads[]): boolean {
  return all.some(({ ofGatekeeper }) => ofGatekeeper) && !all.some(({ ofResource }) => ofResource);
}

/** The modules, and those of the packages that they read, directly or through others. */
function withUsed(start: readonly PolicyModule[], all: readonly PolicyModule[]): readonly PolicyModule[] {
  const used = new Set(start);
  for (const one of used) {
    for (const read of readsOf(contentOf(one)).data) {
      for (const other of all) {
        const steps = packagePathOf(other.module);
        if (read.every((step, index) => index >= steps.length || step === steps[index])) used.add(other);
      }
    }
  }
  return [...used];
}

/** Imports and rules: the path of the package itself begins with `data`, which would be a reference to all of it. */
function contentOf({ module: { package: _package, ...content } }: PolicyModule): unknown {
  return content;
}

function readsOf(node: unknown): Reads {
  const all = [...termsIn(node)];
  return {
    ofGatekeeper: all.some(({ root, steps }) => root === 'input' && isGatekeepersField(steps[0])),
    ofResource: all.some(({ root, steps }) => root === 'input' && !isGatekeepersField(steps[0])),
    data: all.filter(({ root }) => root === 'data').map(({ steps }) => steps),
  };
}

function isGatekeepersField(step: string | undefined): boolean {
  return step === 'review' || step === 'parameters';
}

interface Term {
  readonly root: string;
  /** Up to the first that is not a string. */
  readonly steps: readonly string[];
}

/** The variables and references of a part of a syntax tree: `{type: 'ref', value: [{type: 'var', value: 'input'}, {type: 'string', …}]}`. */
function* termsIn(node: unknown): Generator<Term> {
  if (Array.isArray(node)) {
    for (const item of node) yield* termsIn(item);
    return;
  }
  if (!isTerm(node)) return;
  const { type, value } = node;
  if (type === 'var' && typeof value === 'string') yield { root: value, steps: [] };
  if (type !== 'ref' || !Array.isArray(value)) {
    for (const member of Object.values(node)) yield* termsIn(member);
    return;
  }
  const [head, ...rest]: readonly unknown[] = value;
  const end = rest.findIndex((step) => !isTerm(step) || step.type !== 'string');
  const texts = rest.slice(0, end < 0 ? undefined : end).map((step) => (isTerm(step) ? String(step.value) : ''));
  if (isTerm(head) && head.type === 'var') yield { root: String(head.value), steps: texts };
  else yield* termsIn(head);
  yield* termsIn(rest);
}

function isTerm(node: unknown): node is { readonly type?: unknown; readonly value?: unknown } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
