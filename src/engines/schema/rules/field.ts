import { isArray, isObject, type JsonValue } from '../../../model/json.ts';

export type Step = string | number;

/** A place in an object and what is there. Go does not distinguish an absent field, null and the empty value, nor do most accessors. */
export class Field {
  readonly value: JsonValue | undefined;
  readonly step: Step;
  private readonly parent: Field | undefined;

  constructor(value: JsonValue | undefined, step: Step = '', parent?: Field) {
    this.value = value;
    this.step = step;
    this.parent = parent;
  }

  get path(): readonly Step[] {
    return this.parent === undefined ? [] : [...this.parent.path, this.step];
  }

  /** The field, or what is there of the way to it. */
  get nearest(): Field {
    return this.value === undefined && this.parent !== undefined ? this.parent.nearest : this;
  }

  at(...steps: readonly Step[]): Field {
    let field: Field = this;
    for (const step of steps) {
      const { value } = field;
      const inner = isObject(value)
        ? Object.hasOwn(value, step)
          ? value[step]
          : undefined
        : isArray(value)
          ? value[Number(step)]
          : undefined;
      field = new Field(inner, step, field);
    }
    return field;
  }

  get isSet(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Empty unless it is text. */
  get text(): string {
    return typeof this.value === 'string' ? this.value : '';
  }

  get number(): number | undefined {
    return typeof this.value === 'number' || typeof this.value === 'bigint' ? Number(this.value) : undefined;
  }

  get isTrue(): boolean {
    return this.value === true;
  }

  get isFalse(): boolean {
    return this.value === false;
  }

  /** The number of items or entries. */
  get size(): number {
    if (isArray(this.value)) return this.value.length;
    return isObject(this.value) ? Object.keys(this.value).length : 0;
  }

  items(): readonly Field[] {
    return isArray(this.value) ? this.value.map((item, index) => new Field(item, index, this)) : [];
  }

  entries(): readonly (readonly [key: string, value: Field])[] {
    return isObject(this.value)
      ? Object.entries(this.value).map(([key, value]) => [key, new Field(value, key, this)] as const)
      : [];
  }

  texts(): readonly string[] {
    return this.items().map(({ text }) => text);
  }
}
