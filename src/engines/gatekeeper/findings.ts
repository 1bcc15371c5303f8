import type { EngineFinding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import { type Constraint, type EnforcementAction, enforcementActions } from './constraints.ts';
import type { Expansion } from './expansions.ts';
import { fieldIn } from './fields.ts';
import type { Violation } from './output.ts';

export const engineId = 'gatekeeper';

/** `deny`, `warn` and `dryrun` -> severity. */
export type Severities = Readonly<Record<EnforcementAction, Severity>>;

/** gator's prefix for what it found in a resource that a controller would create. */
const implied = /^\[Implied by ([^\]]*)\] /;

/** @param unsure Why it is not known whether the Constraint applies to the resource. */
export function refusal(
  constraint: Constraint,
  violation: Violation,
  resource: Resource,
  {
    severities,
    expansions,
    unsure,
  }: {
    readonly severities: Severities;
    readonly expansions: readonly Expansion[];
    readonly unsure?: string;
  },
): EngineFinding {
  const { template } = constraint;
  const message = violation.msg.trim();
  const expansion = expansions.find(({ name }) => name === implied.exec(message)?.[1]);
  const [title = '', ...rest] = message.replace(implied, '').split('\n');
  const action = enforcementActions.find((one) => one === expansion?.enforcementAction) ?? constraint.action;
  const named = title === '' ? (template.title ?? `rejected by ${constraint.label}`) : title;
  return {
    ...common(constraint, resource),
    subject: { kind: 'resource', resource: resource.uid, path: [...fieldIn(message.replace(implied, ''), resource.object)] },
    title: unsure === undefined ? named : `cannot determine whether ${constraint.label} applies: ${unsure}: ${named}`,
    ...detail([
      rest.join('\n').trim(),
      expansion === undefined
        ? ''
        : `Of the ${expansion.generatedGVK.kind} that its controller creates (ExpansionTemplate ${expansion.name}).`,
      template.description ?? '',
    ]),
    severity: unsure === undefined ? (constraint.severity ?? severities[action]) : 'unknown',
    ...(unsure !== undefined && { undecided: true, fix: { text: howToKnow } }),
  };
}

const howToKnow = 'Set the namespace in the manifest; labels of namespaces can be given in `engines.gatekeeper.namespaces`.';

/** A Constraint that applies to this resource and cannot be evaluated offline. */
export function indeterminate(constraint: Constraint, reason: string, resource: Resource): EngineFinding {
  return {
    ...common(constraint, resource),
    title: `cannot determine whether ${constraint.label} allows this: ${reason}`,
    ...detail([constraint.template.description ?? '']),
    severity: 'unknown',
    independent: true,
    undecided: true,
    fix: { text: 'Check it in the cluster, for example with `kubectl apply --dry-run=server`.' },
  };
}

function common({ label }: Constraint, resource: Resource) {
  return {
    engine: engineId,
    rule: label,
    category: 'policy',
    subject: { kind: 'resource', resource: resource.uid, path: [] },
  } as const;
}

function detail(parts: readonly string[]): { readonly detail?: string } {
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? {} : { detail: text };
}
