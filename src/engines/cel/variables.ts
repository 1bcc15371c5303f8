import { EvaluationError } from '@marcbachmann/cel-js';
import { Budget } from './budget.ts';
import type { Program } from './compiler.ts';
import { readsByName, variablesIn } from './source.ts';

/** The result depends on something that is known only to a cluster. */
export class Indeterminate extends Error {}

/** A composed variable of a policy (`spec.variables`). */
export interface Variable {
  readonly program: Program;
  /** Two policies whose variables have the same key get the same value for one object; undefined if the value may depend on the policy. */
  readonly key: symbol | undefined;
}
export type Variables = ReadonlyMap<string, Variable>;

/** What evaluating a variable for one object gave. */
interface Cell {
  readonly outcome: { readonly value: unknown } | { readonly thrown: unknown };
  /** Steps of its own expression, without those of the variables that it reads. */
  readonly steps: number;
  readonly reads: ReadonlySet<Cell>;
}
/** The variables of one object that policies share: every policy of a pack reads the containers of a pod. */
export type SharedCells = Map<symbol, Cell>;

/** Keys of variables, for the policies that are loaded together. */
export type KeyOf = (program: Program, others: Variables) => symbol | undefined;

export function createKeys(): KeyOf {
  const keys: { readonly expression: string; readonly reads: readonly symbol[]; readonly key: symbol }[] = [];
  const byExpression = new Map<string, typeof keys>();
  return ({ expression }, others) => {
    if (expression.includes('params') || !readsByName(expression)) return undefined;
    const reads = variablesIn(expression).flatMap((name) => others.get(name)?.key ?? []);
    if (reads.length < variablesIn(expression).length) return undefined;
    const same = byExpression.get(expression) ?? [];
    byExpression.set(expression, same);
    const known = same.find((entry) => entry.reads.every((key, index) => key === reads[index]));
    if (known !== undefined) return known.key;
    const key = Symbol(expression);
    same.push({ expression, reads, key });
    return key;
  };
}

/** What an evaluation pays for: each variable that it reads, directly or through others, once, whether or not it is known already. */
class Account {
  readonly budget: Budget;
  readonly reads = new Set<Cell>();
  readonly #paid = new Set<Cell>();
  #paidSteps = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get ownSteps(): number {
    return this.budget.spent - this.#paidSteps;
  }

  pay(cell: Cell): void {
    if (this.#paid.has(cell)) return;
    this.#paid.add(cell);
    this.#paidSteps += cell.steps;
    this.budget.spend(cell.steps);
    for (const read of cell.reads) this.pay(read);
  }
}

/**
 * The variables of one policy for one object, each evaluated once, when it is first read. A value that another policy has read is taken
 * from `shared` and paid for with the steps that it took: the cost of a policy does not depend on the policies before it.
 *
 * @param scope Everything that an expression of the policy may read.
 * @returns What expressions see as `variables`.
 */
export function bindVariables(
  variables: Variables,
  shared: SharedCells,
  budget: Budget,
  scope: () => object,
): ReadonlyMap<string, unknown> {
  const own = new Map<Variable, Cell>();
  let account = new Account(budget);

  const evaluate = ({ program }: Variable): Cell => {
    if (program.needs !== undefined) return { outcome: { thrown: new Indeterminate(program.needs) }, steps: 0, reads: new Set() };
    const outer = account;
    account = new Account(new Budget());
    const { reads } = account;
    try {
      const value = program.run(scope(), account.budget);
      return { outcome: { value }, steps: account.ownSteps, reads };
    } catch (thrown) {
      return { outcome: { thrown }, steps: account.ownSteps, reads };
    } finally {
      account = outer;
    }
  };
  const cellOf = (variable: Variable): Cell => {
    const known = own.get(variable) ?? (variable.key && shared.get(variable.key));
    if (known !== undefined) return known;
    const cell = evaluate(variable);
    if (variable.key !== undefined && isRepeatable(cell)) shared.set(variable.key, cell);
    else own.set(variable, cell);
    return cell;
  };
  const read = (name: string): unknown => {
    const variable = variables.get(name);
    if (variable === undefined) return undefined;
    account.budget.spend(0);
    const cell = cellOf(variable);
    account.reads.add(cell);
    account.pay(cell);
    if ('thrown' in cell.outcome) throw cell.outcome.thrown;
    return cell.outcome.value;
  };
  return lazyMap(variables.keys(), read);
}

/** A stack that overflows does so at another depth in another policy. */
function isRepeatable({ outcome }: Cell): boolean {
  return 'value' in outcome || outcome.thrown instanceof Indeterminate || outcome.thrown instanceof EvaluationError;
}

/** cel-js accepts a Map by its constructor, so it cannot be a subclass. */
function lazyMap(keys: Iterable<string>, get: (key: string) => unknown): ReadonlyMap<string, unknown> {
  const map = new Map<string, undefined>();
  for (const key of keys) map.set(key, undefined);
  return Object.assign(map, { get });
}
