import type { JudgingRule } from './modules.ts';

export const canaryRule = 'canary';
export const query = 'data.k8s_gate_run.answers';
/** Only the rules of `input.rules`. */
export const selectedQuery = 'data.k8s_gate_run.selected';

/** The key of a rule in an answer. */
export function ruleKey(index: number): string {
  return `r${index}`;
}

/**
 * Our Rego module that evaluates every rule for every document in one process: `answers[uid][rule]`. A rule with an undefined value has no
 * entry; a document always has one. The planted document is only evaluated by the planted rule, since a user's rule may fail on it.
 */
export function wrapperModule(rules: readonly JudgingRule[]): string {
  return [
    'package k8s_gate_run',
    '',
    'import rego.v1',
    '',
    'answers[uid] := answer if {',
    '\tsome uid, document in input.documents',
    '\tanswer := found with input as document',
    '}',
    '',
    'answers[uid] := answer if {',
    '\tsome uid, document in input.planted',
    '\tanswer := planted with input as document',
    '}',
    '',
    'selected[uid] := answer if {',
    '\tsome uid, document in input.documents',
    '\tanswer := {key: value | some key in input.rules; value := found[key] with input as document}',
    '}',
    '',
    'selected[uid] := answer if {',
    '\tsome uid, document in input.planted',
    '\tanswer := planted with input as document',
    '}',
    '',
    `found["${canaryRule}"] := data.k8s_gate_canary.deny`,
    ...rules.map((rule, index) => `found["${ruleKey(index)}"] := ${reference(rule)}`),
    '',
    `planted["${canaryRule}"] := data.k8s_gate_canary.deny`,
    '',
  ].join('\n');
}

function reference(rule: JudgingRule): string {
  return `data${[...rule.packagePath, ...rule.namePath].map((step) => `[${JSON.stringify(step)}]`).join('')}`;
}

/** A rule that rejects exactly one document, whose name is unpredictable. */
export function canaryModule(secret: string): string {
  return [
    'package k8s_gate_canary',
    '',
    'import rego.v1',
    '',
    'deny contains "planted" if {',
    `\tinput.metadata.name == ${JSON.stringify(secret)}`,
    '}',
    '',
  ].join('\n');
}

export function canaryDocument(secret: string): { readonly [key: string]: string | { readonly name: string } } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: secret } };
}
