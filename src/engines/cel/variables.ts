import { EvaluationError } from '@marcbachmann/cel-js';
import { spend, spentSteps, TooCostly } from './budget.ts';
import type { Program } from './environment.ts';
import type { CelPolicy } from './policy.ts';
import { readsByName, variablesIn } from './source.ts';

/** What only a cluster could tell. */
export class Indeterminate extends Error {}

/** What a variable gave for one object: its value, or what it threw. */
interface Cell {
  readonly thrown: boolean;
  readonly outcome: unknown;
  /** Steps of its own expression, without those of the variables that it read. */
  readonly steps: number;
  readonly reads: readonly string[];
}

/** Of one object, by the number of the variable: a pack asks for the containers of a pod in each of its policies. */
export type SharedVariables = Map<number, Cell>;

interface Variable {
  readonly name: string;
  readonly program: Program;
  /** The same in two policies where it gives the same for each object; undefined where it may depend on the policy. */
  readonly number: number | undefined;
}
interface Layout {
  readonly variables: readonly Variable[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly indexesById: readonly (number | undefined)[];
  readonly getters: PropertyDescriptorMap;
  /** Made once where expressions only read members of it; elsewhere they could keep or weigh it, and it is made for each object. */
  readonly object: ReadingObject | undefined;
}

const reading = Symbol('reading');
interface ReadingObject {
  [reading]: Reading;
}
const layouts = new WeakMap<CelPolicy, Layout>();
const numbers = new Map<string, number>();

/** What expressions see as `variables`, until the policy is asked about the next object. Each is evaluated when it is read, once. */
export function variablesFor(policy: CelPolicy, root: object, shared: SharedVariables): object {
  const layout = layouts.get(policy) ?? layoutOf(policy);
  layouts.set(policy, layout);
  const current = new Reading(layout, root, shared);
  if (layout.object === undefined) return withGetters(layout.getters, current);
  layout.object[reading] = current;
  return layout.object;
}

/** As reading the member of the name with this id; undefined where the object is none of variablesFor, or has no such variable. */
export function readVariable(variables: unknown, id: number): unknown {
  return isReadingObject(variables) ? variables[reading].byId(id) : undefined;
}

/** Of a name, for reading many times. */
export function idOf(name: string): number {
  const id = ids.get(name) ?? ids.size;
  ids.set(name, id);
  return id;
}
const ids = new Map<string, number>();

function isReadingObject(value: unknown): value is ReadingObject {
  return typeof value === 'object' && value !== null && reading in value;
}

function withGetters(getters: PropertyDescriptorMap, current: Reading): ReadingObject {
  const object: ReadingObject = { [reading]: current };
  Object.defineProperty(object, reading, { enumerable: false });
  return Object.defineProperties(object, getters);
}

function layoutOf(policy: CelPolicy): Layout {
  const known = new Map<string, number | undefined>();
  const list = [...policy.variables].map(([name, program]) => {
    const variable = { name, program, number: numberOf(program, known) };
    known.set(name, variable.number);
    return variable;
  });
  const indexes = new Map(list.map(({ name }, index) => [name, index]));
  const getters = Object.fromEntries(list.map(({ name }, index) => [name, getterOf(index)]));
  const indexesById: number[] = [];
  for (const [name, index] of indexes) indexesById[idOf(name)] = index;
  const layout = { variables: list, indexes, indexesById, getters };
  const byName = programsOf(policy).every(({ expression }) => readsByName(expression));
  const object = byName ? withGetters(getters, new Reading({ ...layout, object: undefined }, {}, new Map())) : undefined;
  return { ...layout, object };
}

function programsOf({ variables, matchConditions, validations }: CelPolicy): readonly Program[] {
  return [
    ...variables.values(),
    ...matchConditions.map(({ program }) => program),
    ...validations.flatMap(({ program, messageProgram }) =>
      messageProgram === undefined ? [program] : [program, messageProgram],
    ),
  ];
}

function numberOf({ expression }: Program, known: ReadonlyMap<string, number | undefined>): number | undefined {
  const reads = variablesIn(expression).map((name) => known.get(name));
  if (expression.includes('params') || reads.includes(undefined) || !readsByName(expression)) return undefined;
  const key = JSON.stringify([expression, reads]);
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}

function getterOf(index: number): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: { readonly [reading]: Reading }) {
      return this[reading].read(index);
    },
  };
}

/** The expression that is being evaluated: what it reads is counted as theirs, not as its own. */
interface Frame {
  readonly reads: string[];
  stepsOfReads: number;
}
let frame: Frame | undefined;

/**
 * The variables of one policy for one object. A value that another policy has already asked for is taken over, and paid for with the steps
 * that it took: what a policy costs does not depend on those before it.
 */
class Reading {
  readonly #layout: Layout;
  readonly #root: object;
  readonly #shared: SharedVariables;
  readonly #cells: (Cell | undefined)[] = [];

  constructor(layout: Layout, root: object, shared: SharedVariables) {
    this.#layout = layout;
    this.#root = root;
    this.#shared = shared;
  }

  byId(id: number): unknown {
    const index = this.#layout.indexesById[id];
    return index === undefined ? undefined : this.read(index);
  }

  read(index: number): unknown {
    const variable = this.#layout.variables[index];
    if (variable === undefined) return undefined;
    frame?.reads.push(variable.name);
    const cell = this.#cells[index] ?? this.#ask(variable, index);
    if (cell.thrown) throw cell.outcome;
    return cell.outcome;
  }

  #ask(variable: Variable, index: number): Cell {
    const before = spentSteps();
    const outer = frame;
    try {
      return this.#takeOver(variable, index) ?? this.#evaluate(variable, index);
    } finally {
      frame = outer;
      if (outer !== undefined) outer.stepsOfReads += spentSteps() - before;
    }
  }

  #takeOver({ number }: Variable, index: number): Cell | undefined {
    const known = number === undefined ? undefined : this.#shared.get(number);
    if (known === undefined) return undefined;
    spend(known.steps);
    for (const name of known.reads) {
      const at = this.#layout.indexes.get(name) ?? -1;
      const variable = this.#layout.variables[at];
      if (variable === undefined || this.#cells[at] !== undefined) continue;
      if (this.#takeOver(variable, at) === undefined) this.#evaluate(variable, at);
    }
    this.#cells[index] = known;
    return known;
  }

  #evaluate(variable: Variable, index: number): Cell {
    const own: Frame = { reads: [], stepsOfReads: 0 };
    frame = own;
    const cell = evaluated(variable.program, this.#root, own);
    this.#cells[index] = cell;
    if (variable.number !== undefined && isLasting(cell)) this.#shared.set(variable.number, cell);
    return cell;
  }
}

function evaluated(program: Program, root: object, own: Frame): Cell {
  const before = spentSteps();
  const { thrown, outcome } = outcomeOf(program, root);
  return { thrown, outcome, steps: spentSteps() - before - own.stepsOfReads, reads: [...new Set(own.reads)] };
}

function outcomeOf(program: Program, root: object): Pick<Cell, 'thrown' | 'outcome'> {
  if (program.needs !== undefined) return { thrown: true, outcome: new Indeterminate(program.needs) };
  try {
    return { thrown: false, outcome: program.run(root) };
  } catch (thrown) {
    return { thrown: true, outcome: thrown };
  }
}

/** Another policy has a budget and a stack of its own. */
function isLasting({ thrown, outcome }: Cell): boolean {
  return !thrown || outcome instanceof Indeterminate || (outcome instanceof EvaluationError && !(outcome instanceof TooCostly));
}
