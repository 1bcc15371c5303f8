import type { Finding } from './finding.ts';

/** Whether the base commit has the finding as well. */
export const findingStates = ['new', 'unchanged'] as const;
export type FindingState = (typeof findingStates)[number];

/** A file, chart or kustomization that exists on the base commit but did not render there: its findings cannot be compared. */
export interface Unrendered {
  /** `chart app`, `kustomization overlays/production`, `file deploy/web.yaml`. */
  readonly what: string;
  readonly reason: string;
  /** Findings that count as new because of it. */
  readonly new: number;
  /** Findings that count as unchanged, because the change touches none of its sources. */
  readonly unchanged: number;
}

/** This verdict compared with that of the base commit, by the same gate, engines and databases. */
export type Comparison =
  | {
      readonly status: 'compared';
      readonly baseSha: string;
      readonly new: number;
      readonly unchanged: number;
      /** Findings that the base had and this change does not; their locations are those of the base. */
      readonly fixed: readonly Finding[];
      /** Units that the gate could not render on the base. Absent if empty. */
      readonly unrendered?: readonly Unrendered[];
    }
  /** The base could not be evaluated; every finding then counts as new. */
  | { readonly status: 'unavailable'; readonly reason: string };
