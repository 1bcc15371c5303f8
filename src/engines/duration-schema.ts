import * as z from 'zod';
import { durationPattern } from '../model/duration.ts';

/** A duration in an engine's options. */
export const durationSchema = z.string().regex(durationPattern, 'expected a duration such as 90s, 10m, 72h or 7d');
