import type { Measure } from './bench.ts';
import { coldStart } from './measures/cold-start.ts';
import { others } from './measures/others.ts';
import { ownTime } from './measures/own-time.ts';
import { policies } from './measures/policies.ts';
import { schemas } from './measures/schemas.ts';
import { secondRun } from './measures/second-run.ts';
import { sequence } from './measures/sequence.ts';
import { signatures } from './measures/signatures.ts';

/** In the order of the table; a new one is a file in measures/ and a line here. */
export const measures: readonly Measure[] = [sequence, ownTime, policies, coldStart, others, secondRun, schemas, signatures];
