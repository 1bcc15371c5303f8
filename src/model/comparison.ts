import type { Finding } from './finding.ts';

/** A finding against the base commit: the base had it too, or not. */
export const findingStates = ['new', 'unchanged'] as const;
export type FindingState = (typeof findingStates)[number];

/** A file, chart or kustomization that the base commit has, too, and that did not render there: its findings can't be compared. */
export interface Unrendered {
  /** `chart app`, `kustomization overlays/production`, `file deploy/web.yaml`. */
  readonly what: string;
  readonly reason: string;
  /** Findings that count as new because of it. */
  readonly new: number;
  /** Findings that count as unchanged, since the change touches nothing that it is rendered from. */
  readonly unchanged: number;
}

/** This verdict beside that of the base commit, by the same gate, engines and databases. */
export type Comparison =
  | {
      readonly status: 'compared';
      readonly baseSha: string;
      readonly new: number;
      readonly unchanged: number;
      /** What the base had and this change does not; their places are the base's. */
      readonly fixed: readonly Finding[];
      /** What the base has and the gate could not render there. Absent: nothing. */
      readonly unrendered?: readonly Unrendered[];
    }
  /** The base could not be judged; every finding then counts as new. */
  | { readonly status: 'unavailable'; readonly reason: string };
