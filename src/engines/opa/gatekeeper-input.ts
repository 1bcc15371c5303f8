import { GateError } from '../../model/gate-error.ts';
import { definitionsOf } from './missing-data.ts';
import { type JudgingRule, type PolicyModule, packagePathOf } from './modules.ts';
import { callsIn, contentOf, isTerm, type Reference, referencesIn, withUsed } from './references.ts';

/** What a part of a module reads, by its references. */
interface Reads {
  /** `review` or `request`: see envelopes. */
  readonly envelope: string | undefined;
  /** `input` itself, or any other field of it. */
  readonly ofResource: boolean;
}

/** Fields of `input` that only an admission webhook has: Gatekeeper's, and those of the AdmissionReview that an API server sends to OPA. */
const envelopes: ReadonlyMap<string | undefined, string> = new Map([
  ['review', 'review'],
  ['request', 'request'],
]);
const next: Readonly<Record<string, string>> = {
  review:
    'Replace `input.review.object` with `input`, or put the Rego in a ConstraintTemplate, which the engine gatekeeper evaluates.',
  request: 'Replace `input.request.object` with `input`, and `input.request.kind.kind` with `input.kind`.',
};
const owner: Readonly<Record<string, string>> = { review: 'Gatekeeper', request: 'an AdmissionReview' };

/**
 * A rule of which nothing is read but `input.review` or `input.request` is undefined for every resource: it would pass whatever it is asked. A rule
 * that also reads `input`, as libraries for conftest and a webhook do, may reject, and is kept. Throws POLICY_INVALID.
 */
export function refuseGatekeeperInput(rules: readonly JudgingRule[], modules: readonly PolicyModule[]): void {
  for (const rule of rules) {
    const envelope = onlyEnvelopeOf(rule, modules);
    if (envelope === undefined) continue;
    throw new GateError('POLICY_INVALID', {
      file: rule.file,
      line: rule.line,
      message: `${rule.packageName}.${rule.name} reads the \`input.${envelope}\` of ${owner[envelope] ?? ''}, which does not exist here, so it never rejects anything`,
      expected: 'a rule about `input`, which is the resource itself',
      next: next[envelope] ?? '',
    });
  }
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

/** `Gatekeeper's input.review`; undefined for a module that reads neither. */
export function envelopeIn({ module }: PolicyModule): 'input.review' | 'input.request' | undefined {
  const { envelope } = readsOf(module);
  if (envelope === undefined) return undefined;
  return envelope === 'review' ? 'input.review' : 'input.request';
}

function onlyEnvelopeOf(rule: JudgingRule, modules: readonly PolicyModule[]): string | undefined {
  const definitions = definitionsOf(rule, modules);
  const imports = [...new Set(definitions.map(({ of }) => of))].map(({ module }) => module.imports ?? []);
  return onlyEnvelope([...definitions.map(({ node }) => node), ...imports].map(readsOf));
}

function onlyEnvelope(all: readonly Reads[]): string | undefined {
  return all.some(({ ofResource }) => ofResource) ? undefined : all.find(({ envelope }) => envelope !== undefined)?.envelope;
}

function readsOf(node: unknown): Reads {
  // Gatekeeper sets `input.parameters` too, but a StorageClass has parameters of its own.
  const ofInput = [...inputReads(node)].filter((steps) => steps[0] !== 'parameters');
  const found = ofInput.map(([first]) => envelopes.get(first));
  return { envelope: found.find((one) => one !== undefined), ofResource: found.includes(undefined) };
}

/** The steps of each read of `input`: also by another name (`r := input`) and by `object.get(input, "review", {})`. */
function* inputReads(node: unknown): Generator<readonly string[]> {
  const calls = [...callsIn(node)];
  const names = new Set(['input']);
  const isInput = (term: unknown): boolean => {
    const [only, ...more] = [...referencesIn(term)];
    return more.length === 0 && only?.steps.length === 0 && names.has(only.root);
  };
  const whole = new Set<unknown>();
  for (const { name, of } of calls) {
    const [left, right] = of;
    if (name === 'object.get' && isInput(left) && isTerm(right) && typeof right.value === 'string') {
      whole.add(left);
      yield [right.value];
    } else if ((name === 'assign' || name === 'eq') && isTerm(left) && left.type === 'var' && isInput(right)) {
      names.add(String(left.value));
      whole.add(left).add(right);
    }
  }
  for (const { root, steps } of referencesIn(node, whole)) if (names.has(root)) yield steps;
}
