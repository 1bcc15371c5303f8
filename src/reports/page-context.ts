import type { LinkContext } from './github-links.ts';

/** What the Markdown pages for people (comment, job summary) need besides the verdict. Both have the same sections. */
export interface PageContext extends LinkContext {
  /** Markdown before the headline, such as `production: `; empty if there is nothing to distinguish. */
  readonly prefix: string;
  readonly gateVersion: string;
  /** The verdict comes from a job that the change could alter (a fork's): it is informational only. */
  readonly untrusted: boolean;
  /** Whether there is a base to compare with. Without one everything is new, and marking findings as new is pointless. */
  readonly compared: boolean;
  /** Markdown: the table below the headline. */
  readonly overview: string;
  /** Markdown: where everything that does not fit can be read. */
  readonly elsewhere: string;
  /** Markdown, for the last lines. */
  readonly links: readonly string[];
  /** Rows of a folded table or list; further ones are only counted. */
  readonly rows: number;
  /** Whether existing findings are listed, or only counted. */
  readonly listsExisting: boolean;
  /** At most so many bytes, and lines of each resource; `elsewhere` has the others. */
  readonly difference: { readonly bytes: number; readonly lines: number; readonly elsewhere: string };
}
