import type { Finding } from './finding.ts';

/** A finding against the base commit: the base had it too, or not. */
export const findingStates = ['new', 'unchanged'] as const;
export type FindingState = (typeof findingStates)[number];

/** This verdict beside that of the base commit, by the same gate, engines and databases. */
export type Comparison =
  | {
      readonly status: 'compared';
      readonly baseSha: string;
      readonly new: number;
      readonly unchanged: number;
      /** What the base had and this change does not; their places are the base's. */
      readonly fixed: readonly Finding[];
    }
  /** The base could not be judged; every finding then counts as new. */
  | { readonly status: 'unavailable'; readonly reason: string };
