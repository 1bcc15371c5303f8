import { dyn, isSame, type Type } from './types.ts';

/**
 * What the types to be found in one expression are, and which type fits another: isAssignable of cel-go,
 * https://github.com/google/cel-go/blob/v0.26.0/checker/types.go.
 */
export class Substitutions {
  #known: ReadonlyMap<string, Type> = new Map();
  #free = 0;

  free(): Type {
    this.#free += 1;
    return { kind: 'param', name: `_var${this.#free}`, parameters: [] };
  }

  /** Keeps what it found, unless one of the types does not fit. */
  fits(given: readonly Type[], wanted: readonly Type[]): boolean {
    const attempt = new Attempt(this.#known);
    if (given.length !== wanted.length || !attempt.allFit(given, wanted)) return false;
    this.#known = attempt.known;
    return true;
  }

  /** With what is known in place; what is not is `dyn` in the end. */
  resolve(type: Type, final = false): Type {
    if (type.kind === 'param') {
      const found = this.#known.get(type.name);
      if (found !== undefined) return this.resolve(found, final);
      return final ? dyn : type;
    }
    if (type.parameters.length === 0) return type;
    return { ...type, parameters: type.parameters.map((item) => this.resolve(item, final)) };
  }

  /** An overload with types of its own for `<T>`. */
  fresh({ result, arguments: given }: Signature): Signature {
    const own = new Map<string, Type>();
    const replace = (type: Type): Type => {
      if (type.kind === 'param') {
        const known = own.get(type.name) ?? this.free();
        own.set(type.name, known);
        return known;
      }
      return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(replace) };
    };
    return { result: replace(result), arguments: given.map(replace) };
  }
}

interface Signature {
  readonly arguments: readonly Type[];
  readonly result: Type;
}

class Attempt {
  known: ReadonlyMap<string, Type>;
  #own: Map<string, Type> | undefined;
  constructor(known: ReadonlyMap<string, Type>) {
    this.known = known;
  }

  /** Copies what is known before the first change: most attempts change nothing. */
  #add(name: string, type: Type): void {
    this.#own ??= new Map(this.known);
    this.#own.set(name, type);
    this.known = this.#own;
  }

  allFit(given: readonly Type[], wanted: readonly Type[]): boolean {
    return given.every((type, index) => this.#fits(type, wanted[index] ?? dyn));
  }

  #fits(given: Type, wanted: Type): boolean {
    if (wanted.kind === 'param') {
      const { valid, known } = this.#isSubstitute(given, wanted);
      if (valid || known) return valid;
    }
    if (given.kind === 'param') return this.#isSubstitute(wanted, given).valid;
    if (isAny(given) || isAny(wanted)) return true;
    if (given.kind === 'null') return isNullable(wanted);
    if (wanted.kind === 'null') return isNullable(given);
    if (given.kind === 'type') return wanted.kind === 'type';
    if (given.kind !== wanted.kind || given.name !== wanted.name || given.parameters.length !== wanted.parameters.length)
      return false;
    return this.allFit(given.parameters, wanted.parameters);
  }

  #isSubstitute(type: Type, wanted: Type): { readonly valid: boolean; readonly known: boolean } {
    if (isSame(type, wanted)) return { valid: true, known: true };
    const found = wanted.kind === 'param' ? this.known.get(wanted.name) : undefined;
    if (found === undefined) {
      if (wanted.kind !== 'param' || this.#occursIn(wanted, type)) return { valid: false, known: false };
      this.#add(wanted.name, type);
      return { valid: true, known: false };
    }
    if (isSame(type, found)) return { valid: true, known: true };
    if (!this.#fits(type, found)) return { valid: false, known: true };
    const general = isEqualOrLessSpecific(type, found) ? type : found;
    if (!this.#occursIn(wanted, general)) this.#add(wanted.name, general);
    return { valid: true, known: true };
  }

  #occursIn(wanted: Type, type: Type): boolean {
    if (isSame(wanted, type)) return true;
    if (type.kind === 'param') {
      const found = this.known.get(type.name);
      return found !== undefined && this.#occursIn(wanted, found);
    }
    return type.parameters.some((item) => this.#occursIn(wanted, item));
  }
}

export function isAny({ kind }: Type): boolean {
  return kind === 'dyn' || kind === 'error';
}

function isNullable({ kind }: Type): boolean {
  return kind === 'opaque' || kind === 'object' || kind === 'time' || kind === 'null';
}

/** The more general one of two types that fit each other. */
export function mostGeneral(one: Type, other: Type): Type {
  return isEqualOrLessSpecific(one, other) ? one : other;
}

function isEqualOrLessSpecific(one: Type, other: Type): boolean {
  if (one.kind === 'dyn' || one.kind === 'param') return true;
  if (other.kind === 'dyn' || other.kind === 'param' || one.kind !== other.kind) return false;
  if (one.kind === 'type') return true;
  if (one.kind !== 'opaque' && one.kind !== 'list' && one.kind !== 'map') return isSame(one, other);
  return (
    one.name === other.name &&
    one.parameters.length === other.parameters.length &&
    one.parameters.every((item, index) => isEqualOrLessSpecific(item, other.parameters[index] ?? dyn))
  );
}
