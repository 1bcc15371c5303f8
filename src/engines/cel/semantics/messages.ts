import { EvaluationError } from '@marcbachmann/cel-js';
import { Opaque } from './values.ts';

/** The value of `Object.spec{…}` or `JSONPatch{…}`. */
export class Message extends Opaque {
  readonly celType: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #isSame: (left: unknown, right: unknown) => boolean;

  constructor(type: string, fields: Readonly<Record<string, unknown>>, isSame: (left: unknown, right: unknown) => boolean) {
    super();
    this.celType = type;
    this.fields = fields;
    this.#isSame = isSame;
  }

  isEqual(other: unknown): boolean {
    if (!(other instanceof Message) || other.celType !== this.celType) return false;
    const names = new Set([...Object.keys(this.fields), ...Object.keys(other.fields)]);
    return [...names].every((name) => {
      const [left, right] = [this.fields[name], other.fields[name]];
      if (left === undefined || right === undefined) return this.#valueOr(left) === this.#valueOr(right);
      return this.#isSame(left, right);
    });
  }

  /** An operation without a path has an empty one. */
  get(field: string): unknown {
    const isText = this.celType === 'JSONPatch' && field !== 'value';
    const found = Object.hasOwn(this.fields, field) ? this.fields[field] : isText ? '' : undefined;
    if (found === undefined) throw new EvaluationError(`No such key: ${field}`);
    return found;
  }

  /** An empty text is the same as none. */
  has(field: string): boolean {
    return this.#valueOr(this.fields[field]) !== undefined;
  }

  #valueOr(value: unknown): unknown {
    return value === '' && this.celType === 'JSONPatch' ? undefined : value;
  }
}
