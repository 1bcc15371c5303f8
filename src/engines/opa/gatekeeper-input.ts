import { GateError } from '../../model/gate-error.ts';
import { type JudgingRule, type PolicyModule, packagePathOf, type RuleNode } from './modules.ts';
import { contentOf, referencesIn, withUsed } from './references.ts';

/** What a part of a module reads, by its references. */
interface Reads {
  /** `input.review` and `input.parameters`, which only Gatekeeper sets. */
  readonly ofGatekeeper: boolean;
  /** `input` itself, or any other field of it. */
  readonly ofResource: boolean;
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

function readsOf(node: unknown): Reads {
  const all = [...referencesIn(node)];
  return {
    ofGatekeeper: all.some(({ root, steps }) => root === 'input' && isGatekeepersField(steps[0])),
    ofResource: all.some(({ root, steps }) => root === 'input' && !isGatekeepersField(steps[0])),
  };
}

function isGatekeepersField(step: string | undefined): boolean {
  return step === 'review' || step === 'parameters';
}
