import { parsePath } from '../../model/field-path.ts';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { invalid } from '../policy-error.ts';
import type { Constraint } from './constraints.ts';
import type { GatekeeperPolicies } from './load.ts';
import { excerpt } from './process.ts';
import type { Template } from './templates.ts';

/** The error of a run without output, at the policy that gator names: it stops at the first that it does not accept. */
export function refused(result: ProcessResult, { templates, constraints, expansions }: GatekeeperPolicies): GateError {
  const text = excerpt(result);
  const named = (pattern: RegExp) => pattern.exec(text)?.[1];
  const template = templates.find(({ document }) => document.name === named(/\badding template "([^"]+)"/));
  if (template !== undefined) return ofTemplate(template, text);
  const constraint = constraints.find(({ id }) => id === named(/\badding constraint "([^"]+)"/));
  if (constraint !== undefined) return ofConstraint(constraint, text);
  const expansion = expansions.find(({ name }) => text.includes('creating expander') && text.includes(name));
  if (expansion !== undefined) {
    return invalid(expansion.document, {
      message: `gator rejects ExpansionTemplate ${expansion.name}: ${text}`,
      next: 'Fix the ExpansionTemplate.',
    });
  }
  return new GateError('ENGINE_FAILED', {
    message: `gator ended with exit code 1 and without a result: ${text}`,
    expected: 'exit code 1 (the planted object is rejected) and a list of violations',
  });
}

/** `template:12: rego_parse_error: …` counts the lines of the Rego. */
function ofTemplate({ document }: Template, text: string): GateError {
  const source = ['spec', 'targets', 0];
  const code = document.lineOf([...source, 'rego']);
  const start = code === document.lineOf(source) ? document.lineOf([...source, 'code']) : code;
  const row = Number(/\btemplate:(\d+): rego_/.exec(text)?.[1] ?? 0);
  const line = row === 0 || start === document.line ? document.line : start + row;
  return invalid(
    { file: document.file, line },
    {
      message: `gator rejects ConstraintTemplate ${document.name}: ${text.replace(/^.*?adding template "[^"]*": /, '')}`,
      expected: 'a template that this version of Gatekeeper compiles',
      next: 'Fix the template; `gator test` on this file alone shows the same error.',
    },
  );
}

/** `unknown fields: [spec.parameters.b]`; `spec.parameters.labels: Invalid value: …`. */
function ofConstraint({ document, label }: Constraint, text: string): GateError {
  const field = /\b(spec(?:\.\w+|\[\d+\])+)/.exec(text)?.[1];
  return invalid(
    { file: document.file, line: field === undefined ? document.line : document.lineOf(parsePath(field)) },
    {
      message: `gator rejects the Constraint ${label}: ${text.replace(/^.*?adding constraint "[^"]*": /, '')}`,
      expected: 'fields and parameters as in the schema of its ConstraintTemplate',
      next: 'Correct the Constraint, or the schema of the template.',
    },
  );
}
