import type { Severity } from './severity.ts';

/** A license id (`GPL-2.0-only`), also with an exception, a glob of ids (`AGPL-*`), or a license by the text that packages state. */
export type LicenseEntry = string | { readonly name: string };

/** Which licenses packages of images may have. */
export interface LicensePolicy {
  readonly deny: readonly LicenseEntry[];
  /** Absent: every license of the SPDX list that is not denied. */
  readonly allow?: readonly LicenseEntry[];
  /** Severity of findings about licenses that no entry decides about and that are not in the SPDX list. */
  readonly unknown: Severity;
}
