import type { EngineFinding } from './finding.ts';
import type { GateError } from './gate-error.ts';
import type { ImagePackages } from './image-inventory.ts';

/** Something an engine has to evaluate. */
export type Target =
  | { readonly kind: 'resource'; readonly resource: string } // Resource.uid
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'file'; readonly file: string } // a SARIF or kube-bench result taken in
  | { readonly kind: 'cluster'; readonly node: string };

export function targetKey(target: Target): string {
  switch (target.kind) {
    case 'resource':
      return `resource:${target.resource}`;
    case 'image':
      return `image:${target.reference}`;
    case 'file':
      return `file:${target.file}`;
    case 'cluster':
      return `cluster:${target.node}`;
  }
}

/** The result for one target, which is never omitted. `not-applicable` means that none of the engine's rules applies to it. */
export type Coverage =
  | { readonly target: Target; readonly status: 'evaluated' }
  | { readonly target: Target; readonly status: 'not-applicable'; readonly reason: string }
  | { readonly target: Target; readonly status: 'failed'; readonly error: GateError };

export interface CompletedRun {
  readonly status: 'completed';
  readonly engine: string;
  readonly version: string;
  readonly findings: readonly EngineFinding[];
  /** One for each target of the engine; a target without one is a bug and makes the verdict `error`. */
  readonly coverage: readonly Coverage[];
  /** Notes for the reader: "database of 2026-11-20", "2 policies need the cluster". */
  readonly notes: readonly string[];
  /** Digests of image tags when they were scanned: reference as written -> `sha256:…`. */
  readonly digests?: Readonly<Record<string, string>>;
  /** Packages of images, if they are wanted. */
  readonly packages?: ImagePackages;
  /** Databases that findings are from: name -> `sha256:…`. */
  readonly databases?: Readonly<Record<string, string>>;
  readonly durationMs: number;
}

/** The possible results of an engine. `failed` must never be treated as "no findings". */
export type EngineRun =
  | CompletedRun
  | {
      readonly status: 'skipped';
      readonly engine: string;
      readonly reason: string;
      readonly why: 'not-applicable' | 'disabled' | 'unavailable';
      /** Files of the user's policies that it would have evaluated. Absent if there are none. */
      readonly policies?: readonly string[];
    }
  | { readonly status: 'failed'; readonly engine: string; readonly error: GateError; readonly durationMs: number };
