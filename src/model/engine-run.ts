import type { EngineFinding } from './finding.ts';
import type { GateError } from './gate-error.ts';

/** What an engine was to look at. */
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

/** What became of one target: never silent. `not-applicable` is the engine's honest "none of my rules is about this". */
export type Coverage =
  | { readonly target: Target; readonly status: 'evaluated' }
  | { readonly target: Target; readonly status: 'not-applicable'; readonly reason: string }
  | { readonly target: Target; readonly status: 'failed'; readonly error: GateError };

/** The three honest ends of an engine. `failed` is never "no findings". */
export type EngineRun =
  | {
      readonly status: 'completed';
      readonly engine: string;
      readonly version: string;
      readonly findings: readonly EngineFinding[];
      /** One for each target that the engine was to look at; a target without one is a defect and makes the verdict `error`. */
      readonly coverage: readonly Coverage[];
      /** What a reader should know: "database of 2026-11-20", "2 policies need the cluster". */
      readonly notes: readonly string[];
      /** What the tags of images pointed to when they were scanned: reference as written -> `sha256:…`. */
      readonly digests?: Readonly<Record<string, string>>;
      readonly durationMs: number;
    }
  | {
      readonly status: 'skipped';
      readonly engine: string;
      readonly reason: string;
      readonly why: 'not-applicable' | 'disabled' | 'unavailable';
    }
  | { readonly status: 'failed'; readonly engine: string; readonly error: GateError; readonly durationMs: number };
