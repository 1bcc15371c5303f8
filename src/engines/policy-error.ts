import { GateError, type GateErrorDetails } from '../model/gate-error.ts';

/** POLICY_INVALID at a place in a policy file. */
export function invalid(
  { file, line }: { readonly file: string; readonly line: number },
  details: Omit<GateErrorDetails, 'file' | 'line'>,
): GateError {
  return new GateError('POLICY_INVALID', { file, line, ...details });
}
