import type { JudgedFinding } from './verdict.ts';

/** What the policies of a change would do once merged, to the manifests as the change leaves them. Nothing of it counts for this verdict. */
export type PolicyPreview =
  | {
      readonly status: 'known';
      /** What would newly block or warn. */
      readonly refused: readonly JudgedFinding[];
      /** Findings that block or warn now and would be gone. */
      readonly lifted: number;
    }
  /** The changed policies can't be evaluated. */
  | { readonly status: 'unavailable'; readonly reason: string };
