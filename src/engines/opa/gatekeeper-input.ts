import { GateError } from '../../model/gate-error.ts';
import { type JudgingRule, type PolicyModule, packagePathOf, type RuleNode } from './modules.ts';
import { contentOf, type Reference, referencesIn, withUsed } from './references.ts';

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

/**
 * A rule that only reads `input[i]` is for conftest's `--combine`, and one that only reads fields such as `input.kind` is for single resources:
 * with the other setting each is undefined, and would pass everything. Throws POLICY_INVALID.
 */
export function refuseOtherInput(rules: readonly JudgingRule[], modules: readonly PolicyModule[], combine: boolean): void {
  for (const rule of rules) {
    const own = modules.filter(({ module }) => packagePathOf(module).join('.') === rule.packageName);
    const reads = withUsed(own, modules).flatMap((one) =>
      [...referencesIn(contentOf(one))].filter(({ root }) => root === 'input'),
    );
    const isOther = combine
      ? ({ steps }: Reference) => steps.length > 0
      : ({ isIndexed, after }: Reference) => isIndexed === true && after === 'contents';
    if (reads.length === 0 || !reads.every(isOther)) continue;
    throw new GateError('POLICY_INVALID', {
      file: rule.file,
      line: rule.line,
      message: `${rule.packageName}.${rule.name} only reads ${combine ? 'fields of `input`, which is the list of all resources' : '`input[i].contents`, but `input` is one resource'}, so it never rejects anything`,
      expected: combine
        ? 'a rule about `input[i].contents`, since `engines.opa.combine` is true'
        : 'a rule about `input`, the resource itself',
      next: combine ? 'Remove `combine`, or rewrite the rule.' : 'Set `engines.opa.combine: true`, or rewrite the rule.',
    });
  }
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
