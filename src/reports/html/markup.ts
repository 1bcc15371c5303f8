import { httpsUrl, urlText, xml } from '../escape.ts';

/** HTML that is safe to write as it is. Only `html` and `join` make one, so that a text from outside never is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined;

/**
 * Markup with texts in it, each escaped for an element's content or a quoted attribute, with what hides or reorders text written out
 * (`xml`). `undefined` is nothing. Never inside `<script>`, `<style>`, or an attribute without quotes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((string, index) => string + written(parts[index])).join(''));
}

export function join(parts: readonly (Markup | undefined)[], separator = ''): Markup {
  return new Markup(parts.flatMap((part) => (part === undefined ? [] : [part.text])).join(separator));
}

/** The bare words where the address is none that a link may have. */
export function link(words: Markup, address: string | undefined): Markup {
  const url = httpsUrl(address);
  return url === undefined ? words : html`<a href="${urlText(url)}" rel="noreferrer noopener">${words}</a>`;
}

function written(part: Part): string {
  if (part === undefined) return '';
  return part instanceof Markup ? part.text : xml(String(part));
}
