import { type FieldPath, objectAt, objectsAt, parsePath } from '../../model/field-path.ts';
import type { EngineFinding, JsonPatchOperation } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import { type PolicyDocument, policyLabel } from './documents.ts';
import { pathInExpression, pathInMessage } from './fields.ts';
import type { PolicyCopy } from './policy-copies.ts';
import { withNames } from './process.ts';
import type { ReportResult } from './report.ts';

export const engineId = 'kyverno';

/** A failed rule or CEL validation. */
export function refusal(copy: PolicyCopy, result: ReportResult, resource: Resource): EngineFinding {
  const { document } = copy;
  const message = withNames(result.message ?? '', [copy]);
  const place = copy.language === 'cel' ? validationOf(document, result) : ruleOf(document, result);
  const path =
    copy.language === 'cel' ? pathInExpression(document.spec, place.expression, resource.object) : pathInMessage(message);
  const [title = '', ...rest] = withoutFrame(message).split('\n');
  return {
    ...common(document, place.name, resource, path),
    title: title === '' ? (document.title ?? `rejected by ${policyLabel(document)}`) : title,
    ...detail([rest.join('\n').trim(), document.description ?? '']),
    severity: document.severity ?? place.severity,
  };
}

/** A rule that matches this resource and cannot be evaluated offline. */
export function indeterminate(copy: PolicyCopy, rule: string, reason: string, resource: Resource): EngineFinding {
  return {
    ...common(copy.document, rule, resource, []),
    title: `cannot determine whether ${policyLabel(copy.document)} allows this: ${reason}`,
    ...detail([copy.document.description ?? '']),
    severity: 'unknown',
    independent: true,
    undecided: true,
    fix: { text: howToKnow(reason) },
  };
}

function howToKnow(reason: string): string {
  if (reason.startsWith('verifying the signatures'))
    return 'Verify them with the engine `signatures` (docs/trust.md), or check it in the cluster.';
  return 'Check it in the cluster; labels of namespaces can be given in `engines.kyverno.namespaces`.';
}

/** A mutating rule would change the resource: its patch is the fix. */
export function mutation(
  copy: PolicyCopy,
  rule: string,
  patch: readonly JsonPatchOperation[],
  resource: Resource,
): EngineFinding {
  const { document } = copy;
  return {
    ...common(document, rule, resource, parsePath(patch[0]?.path ?? '')),
    title: `would be changed by ${policyLabel(document)} when it is deployed`,
    ...detail([document.description ?? '']),
    severity: document.severity ?? 'low',
    fix: { text: 'Apply the change to the manifest, so that exactly what is reviewed gets deployed.', patch },
  };
}

function common(document: PolicyDocument, rule: string, resource: Resource, path: FieldPath) {
  return {
    engine: engineId,
    rule: `${policyLabel(document)}/${rule}`,
    category: 'policy',
    subject: { kind: 'resource', resource: resource.uid, path },
  } as const;
}

function detail(parts: readonly string[]): { readonly detail?: string } {
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text === '' ? {} : { detail: text };
}

interface Place {
  readonly name: string;
  readonly expression: string;
  readonly severity: Severity;
}

function ruleOf(document: PolicyDocument, result: ReportResult): Place {
  const name = (result.rule ?? '').replace(/^autogen-(?:cronjob-)?/, '');
  const rule = objectsAt(document.spec, 'rules').find((candidate) => [name, result.rule].includes(String(candidate.name)));
  const validate = objectAt(rule, 'validate');
  const actions = [
    validate.failureAction ?? document.spec.validationFailureAction,
    ...overrides(validate, 'failureActionOverrides'),
    ...overrides(document.spec, 'validationFailureActionOverrides'),
  ];
  const enforced = actions.some((action) => String(action).toLowerCase() === 'enforce');
  return { name: rule === undefined ? name : String(rule.name), expression: '', severity: enforced ? 'high' : 'medium' };
}

function overrides(holder: JsonObject, key: string): readonly unknown[] {
  return objectsAt(holder, key).map((entry) => entry.action);
}

function validationOf(document: PolicyDocument, result: ReportResult): Place {
  const index = Number(result.properties?.['cel.validationIndex'] ?? 0);
  const validation = objectsAt(document.spec, 'validations')[index];
  const denied = JSON.stringify(document.spec.validationActions ?? ['Deny']).includes('Deny');
  return {
    name: `validations[${index}]`,
    expression: String(validation?.expression ?? ''),
    severity: denied ? 'high' : 'medium',
  };
}

/** Kyverno wraps a pattern's message: `validation error: <message>. rule <name> failed at path <path>`. */
function withoutFrame(message: string): string {
  return message
    .trim()
    .replace(/^validation error: /, '')
    .replace(/[.\s]*\brule \S+ failed at path \S+$/, '');
}
