import { Budget } from '../../../src/engines/cel/budget.ts';
import { createCompiler } from '../../../src/engines/cel/compiler.ts';
import { toCel } from '../../../src/engines/cel/values.ts';
import { format } from './format.ts';
import type { CelAnswer, CelQuestion } from './oracle.ts';

const compile = createCompiler();

/** What k8s-gate makes of an expression, in the form of the oracle. */
export function answerOf({ expression, object, params }: CelQuestion): CelAnswer {
  let program: ReturnType<typeof compile>;
  try {
    program = compile(expression);
  } catch (thrown) {
    return { refused: String(thrown) };
  }
  if (program.needs !== undefined) return { error: program.needs };
  try {
    const variables = {
      object: object === undefined ? null : toCel(object),
      params: params === undefined ? null : toCel(params),
      oldObject: null,
    };
    return { value: format(program.run(variables, new Budget())) };
  } catch (thrown) {
    return { error: String(thrown) };
  }
}

export type Difference = 'same' | 'value differs' | 'value where Kubernetes has none' | 'no value where Kubernetes has one';

/** An error and a refusal are both no value. */
export function compareAnswers(ours: CelAnswer, theirs: CelAnswer): Difference {
  if (ours.value === undefined) return theirs.value === undefined ? 'same' : 'no value where Kubernetes has one';
  if (theirs.value === undefined) return 'value where Kubernetes has none';
  return ours.value === theirs.value ? 'same' : 'value differs';
}
