import * as z from 'zod';
import { GateError } from '../model/gate-error.ts';

const expected = '1 to 60 letters (a-z), digits, spaces and -_.()/ on one line, no space at either end';

/** The gate's name goes into check names, HTML comments that mark a report, and SARIF categories: nothing that could end one of them. */
export const gateNameSchema = z.string().regex(/^(?! )[A-Za-z0-9 ._()/-]{1,60}(?<! )$/, `expected ${expected}`);

/** Throws GateError INPUT_INVALID. */
export function parseGateName(text: string): string {
  const result = gateNameSchema.safeParse(text);
  if (result.success) return result.data;
  throw new GateError('INPUT_INVALID', { message: 'name: not usable as the name of a gate', expected });
}
