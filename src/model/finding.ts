import type * as z from 'zod';
import type { FieldPath } from './field-path.ts';
import type { storedSchemas } from './finding-schema.ts';

type Schemas = ReturnType<typeof storedSchemas>;
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** One finding of one engine. Self-contained: a reporter needs nothing else to print it. Its fields are described in finding-schema.ts. */
export type EngineFinding = Frozen<z.output<Schemas['finding']>>;

/** What a finding is about. */
export type Subject = EngineFinding['subject'];
/** How to fix it: text always, a fixed version or a patch if the engine or rule knows one. */
export type Fix = NonNullable<EngineFinding['fix']>;
export type JsonPatchOperation = NonNullable<Fix['patch']>[number];

type Located = Frozen<z.output<Schemas['located']>>;

/** A finding with its place and identity. */
export interface Finding extends Located {
  /** SHA-256 (hex, 32 characters) over rule, subject identity and field: the same complaint next week has the same one. */
  readonly fingerprint: string;
  /** Identities it is looked for by in the base commit, one for each resource it was merged from; no tag or version in them. */
  readonly baselineKeys?: readonly string[];
  /** For a critical finding: what runs, or is deployed, at the place that it is about, for each resource it was merged from. */
  readonly about?: readonly About[];
  /** Files, charts and kustomizations that its resources were rendered from. */
  readonly units?: readonly string[];
  /** The field in each resource that it was merged from; absent if `subject` is the only one. */
  readonly fields?: readonly { readonly resource: string; readonly path: FieldPath }[];
  /** All of its resources are Helm test hooks. */
  readonly testHook?: boolean;
}
/** What a finding is about in one resource. A change of it makes an old finding a new one. */
export interface About {
  /** The baseline key of the finding in this resource. */
  readonly key: string;
  readonly environments: readonly string[];
  /** Part in words, such as `the image of container web` -> digest of its value. */
  readonly parts: Readonly<Record<string, string>>;
}
export type FindingSource = Located['sources'][number];
