/** An unsigned integer. */
export class Uint {
  readonly #value: bigint;
  constructor(value: bigint) {
    this.#value = value;
  }
  valueOf(): bigint {
    return this.#value;
  }
  toString(): string {
    return String(this.#value);
  }
}
