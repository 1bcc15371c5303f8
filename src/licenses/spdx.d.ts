/** spdx-expression-parse 5 has no types. https://github.com/jslicense/spdx-expression-parse.js */
declare module 'spdx-expression-parse' {
  export interface Term {
    readonly license: string;
    readonly plus?: true;
    readonly exception?: string;
  }
  export type Expression = Term | { readonly left: Expression; readonly conjunction: 'and' | 'or'; readonly right: Expression };
  /** Throws for text that is not an expression of known ids. */
  export default function parse(text: string): Expression;
}
