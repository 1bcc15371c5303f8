import type { Measure } from './bench.ts';
import { coldStart } from './measures/cold-start.ts';
import { ownTime } from './measures/own-time.ts';

/** In the order of the table; a new one is a file in measures/ and a line here. */
export const measures: readonly Measure[] = [ownTime, coldStart];
