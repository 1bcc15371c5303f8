import type { JudgingRule } from './modules.ts';

export const canaryRule = 'canary';
export const query = 'data.k8s_gate_run.answers';

/** Key of a rule in an answer. */
export function ruleKey(index: number): string {
  return `r${index}`;
}

/**
 * Rego of ours that asks every rule about every document in one process: `answers[uid][rule]`. A rule whose value is undefined
 * leaves no entry; a document always has one. The planted document is put to the planted rule only, since a user's rule may
 * well stumble over it.
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

/** A rule that refuses exactly one document, whose name nobody can know. */
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
