/** The part of js-yaml 4 that quick.ts and strings.ts use; `listener` is not in the package's README. */
declare module 'js-yaml' {
  export class YAMLException extends Error {}
  export class Type {
    constructor(
      tag: string,
      options: { kind: 'scalar'; resolve: (text: string) => boolean; construct: (text: string) => unknown },
    );
  }
  export class Schema {
    constructor(types: { implicit: readonly Type[]; explicit: readonly Type[] });
  }
  /** The parser, when it begins or has read a node. Lines count from 0. */
  export interface State {
    readonly input: string;
    readonly position: number;
    readonly line: number;
    readonly lineStart: number;
    readonly tag: string | null;
    readonly anchor: string | null;
    /** `null` for an empty node and for an alias. */
    readonly kind: 'scalar' | 'sequence' | 'mapping' | null;
    readonly result: unknown;
  }
  export interface LoadOptions {
    readonly schema: Schema;
    readonly maxDepth: number;
    readonly onWarning: () => void;
    readonly listener: (event: 'open' | 'close', state: State) => void;
  }
  /** Every scalar is text. */
  export const FAILSAFE_SCHEMA: Schema;
  export function load(text: string, options: { readonly schema: Schema }): unknown;
  export function loadAll(text: string, iterator: null, options: LoadOptions): readonly unknown[];
}
