/** Something that is or may be deployed and that nothing evaluated: what it is, why, and what to do about it. */
export interface Gap {
  /** Path relative to the workspace. */
  readonly file: string;
  readonly line?: number;
  /** What was not evaluated, as a noun: `submodule vendor/charts`, `chart podinfo of https://example.com/charts`. */
  readonly subject: string;
  /** Why not, in one sentence without a full stop. */
  readonly reason: string;
  /** What the reader should do next. */
  readonly next: string;
  /** Folder of the chart or kustomization that could not be rendered: where the base rendered it, the change has hidden it. */
  readonly unit?: string;
}
