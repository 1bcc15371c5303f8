import { httpsUrl, urlText, xml } from '../escape.ts';

/** HTML that is safe to write unescaped. Only `html` and `join` create it, so untrusted text never becomes one by accident. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined;

/**
 * Markup with interpolated text, escaped for element content and quoted attributes; characters that hide or reorder text are written
 * out (`xml`). `undefined` writes nothing. Not safe inside `<script>`, `<style>` or an unquoted attribute.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((string, index) => string + written(parts[index])).join(''));
}

export function join(parts: readonly (Markup | undefined)[], separator = ''): Markup {
  return new Markup(parts.flatMap((part) => (part === undefined ? [] : [part.text])).join(separator));
}

/** Falls back to the plain text if the address must not be linked. */
export function link(words: Markup, address: string | undefined): Markup {
  const url = httpsUrl(address);
  return url === undefined ? words : html`<a href="${urlText(url)}" rel="noreferrer noopener">${words}</a>`;
}

function written(part: Part): string {
  if (part === undefined) return '';
  return part instanceof Markup ? part.text : xml(String(part));
}
