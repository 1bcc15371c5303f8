import { expand, type Part } from './envsubst-functions.ts';

/** Flux would not deploy anything: the text has an expression that it cannot read. */
export class BadSubstitution extends Error {}

/**
 * Variables in a text as Flux fills them in: those of a shell, less arithmetic and arrays. `$$` is a dollar sign.
 * Throws BadSubstitution. https://github.com/fluxcd/pkg/tree/main/envsubst
 */
export function envsubst(text: string, lookUp: (name: string) => string | undefined): string {
  const reader = new Reader(text);
  let result = '';
  while (!reader.isAtEnd) {
    if (reader.take('${')) result += expand(readExpression(reader), lookUp);
    else if (reader.take('$$')) result += '$';
    else result += reader.next();
  }
  return result;
}

class Reader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }
  peek(): string {
    return this.#text.charAt(this.#at);
  }
  next(): string {
    this.#at += 1;
    return this.#text.charAt(this.#at - 1);
  }
  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }
  /** @param pattern Sticky. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}

const letters = /[\p{L}\p{Nd}_]+/uy;

/** What follows `${`, with its closing brace. */
function readExpression(reader: Reader): Part {
  if (reader.take('#')) return close(reader, { name: nameIn(reader), operator: '#', args: [] });
  const name = nameIn(reader);
  const operator = reader.match(/:[-=?+]|=|[,^]{1,2}|##?|%%?|\/[/#%]?|:/y);
  if (operator === '' || /^[,^]/.test(operator)) return close(reader, { name, operator, args: [] });
  if (/[-=?+]$/.test(operator)) return close(reader, { name, operator, args: readDefault(reader) });
  if (operator === ':') return close(reader, { name, operator, args: readRange(reader) });
  if (operator.startsWith('/')) return close(reader, { name, operator, args: readReplacement(reader) });
  return close(reader, { name, operator, args: [readArgument(reader, '}', false)] });
}

function nameIn(reader: Reader): string {
  const name = reader.match(letters);
  if (name === '') throw new BadSubstitution('a variable without a name');
  return name;
}

function close(reader: Reader, part: Part): Part {
  if (!reader.take('}')) throw new BadSubstitution(`the expression of ${part.name} is not closed, or Flux does not know it`);
  return part;
}

type Argument = string | Part;

/** Text up to one of the ends, or an expression. */
function readArgument(reader: Reader, ends: string, hasEscapes: boolean): Argument {
  if (reader.take('${')) return readExpression(reader);
  let text = '';
  while (!reader.isAtEnd && !reader.startsWith('${') && !ends.includes(reader.peek())) {
    if (hasEscapes && ['$$', '\\/', '\\\\'].some((escaped) => reader.startsWith(escaped))) reader.next();
    text += reader.next();
  }
  if (text === '') throw new BadSubstitution('an expression lacks an argument');
  return text;
}

function readDefault(reader: Reader): readonly Argument[] {
  const parts: Argument[] = [];
  while (reader.peek() !== '}') parts.push(readArgument(reader, '}', false));
  return parts;
}

function readRange(reader: Reader): readonly Argument[] {
  const from = readArgument(reader, ':}', false);
  return reader.match(/:+/y) === '' ? [from] : [from, readArgument(reader, '}', false)];
}

function readReplacement(reader: Reader): readonly Argument[] {
  const pattern = readArgument(reader, '/', true);
  if (reader.match(/\/+/y) === '') throw new BadSubstitution('a replacement lacks its second slash');
  return reader.peek() === '}' ? [pattern] : [pattern, readArgument(reader, '}', true)];
}
