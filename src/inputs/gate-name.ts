import { GateError } from '../model/gate-error.ts';

const expected = '1 to 60 letters (a-z), digits, spaces and -_.()/ on one line, no space at either end';

/** The gate's name goes into check names, HTML comments that mark a report, and SARIF categories: nothing that could end one of them. */
const gateName = /^(?! )[A-Za-z0-9 ._()/-]{1,60}(?<! )$/;

/** Throws GateError INPUT_INVALID. */
export function parseGateName(text: string): string {
  if (gateName.test(text)) return text;
  throw new GateError('INPUT_INVALID', { message: 'name: not a valid name for a gate', expected });
}
