import type { Row } from './row.ts';
import { engineRows } from './rows/engines.ts';

/** The fault table. Each row is a run of the real gate, or two: of a repository that is clean, and of one that must block. */
export const rows: readonly Row[] = [...engineRows];
