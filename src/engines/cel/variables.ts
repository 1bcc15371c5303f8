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

/** Most expressions read no variable. */
const none: ReadonlySet<Cell> = new Set();

/** What an evaluation pays for: each variable that it reads, directly or through others, once, whether or not it is known already. */
class Account {
  readonly budget: Budget;
  #reads: Set<Cell> | undefined;
  #paid: Set<Cell> | undefined;
  #paidSteps = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get ownSteps(): number {
    return this.budget.spent - this.#paidSteps;
  }

  get reads(): ReadonlySet<Cell> {
    return this.#reads ?? none;
  }

  read(cell: Cell): void {
    this.#reads ??= new Set();
    this.#paid ??= new Set();
    this.#reads.add(cell);
    this.#pay(cell, this.#paid);
  }

  #pay(cell: Cell, paid: Set<Cell>): void {
    if (paid.has(cell)) return;
    paid.add(cell);
    this.#paidSteps += cell.steps;
    this.budget.spend(cell.steps);
    for (const read of cell.reads) this.#pay(read, paid);
  }
}

/**
 * What expressions of one policy see as `variables` for one object. Each is evaluated once, when it is first read. A value that another
 * policy has read is taken from `shared` and paid for with the steps that it took: the cost of a policy does not depend on the policies
 * before it. Members can be read only by name, as in Kubernetes.
 */
export class VariableMap extends Map<string, unknown> {
  readonly #variables: Variables;
  readonly #shared: SharedCells;
  #own: Map<Variable, Cell> | undefined;
  readonly #scope: object;
  #account: Account;

  /** @param scope Everything that an expression of the policy may read. */
  constructor(variables: Variables, shared: SharedCells, scope: object, budget: Budget) {
    super();
    this.#variables = variables;
    this.#shared = shared;
    this.#scope = scope;
    this.#account = new Account(budget);
  }

  override has(name: string): boolean {
    return this.#variables.has(name);
  }

  override get(name: string): unknown {
    const variable = this.#variables.get(name);
    if (variable === undefined) return undefined;
    // After the budget is spent, nothing more is evaluated.
    this.#account.budget.spend(0);
    const cell = this.#cellOf(variable);
    this.#account.read(cell);
    if ('thrown' in cell.outcome) throw cell.outcome.thrown;
    return cell.outcome.value;
  }

  override entries(): never {
    throw new EvaluationError('`variables` has no keys, only members');
  }
  override keys(): never {
    return this.entries();
  }
  override [Symbol.iterator](): never {
    return this.entries();
  }
  override get size(): never {
    return this.entries();
  }

  #cellOf(variable: Variable): Cell {
    const { key } = variable;
    const known = (key === undefined ? undefined : this.#shared.get(key)) ?? this.#own?.get(variable);
    if (known !== undefined) return known;
    const cell = this.#evaluate(variable);
    if (key !== undefined && isRepeatable(cell)) this.#shared.set(key, cell);
    else this.#own = (this.#own ?? new Map<Variable, Cell>()).set(variable, cell);
    return cell;
  }

  #evaluate({ program }: Variable): Cell {
    if (program.needs !== undefined) return { outcome: { thrown: new Indeterminate(program.needs) }, steps: 0, reads: none };
    const outer = this.#account;
    const own = new Account(new Budget());
    this.#account = own;
    try {
      const value = program.run(this.#scope, own.budget);
      return { outcome: { value }, steps: own.ownSteps, reads: own.reads };
    } catch (thrown) {
      return { outcome: { thrown }, steps: own.ownSteps, reads: own.reads };
    } finally {
      this.#account = outer;
    }
  }
}

/** cel-js recognizes a map by its constructor. */
Object.defineProperty(VariableMap.prototype, 'constructor', { value: Map });

/** A stack that overflows does so at another depth in another policy. */
function isRepeatable({ outcome }: Cell): boolean {
  return 'value' in outcome || outcome.thrown instanceof Indeterminate || outcome.thrown instanceof EvaluationError;
}
