import type { FieldPath } from '../model/field-path.ts';
import type { Destination, UnavailableDeployable } from './deployable.ts';

export function unavailable(
  at: FieldPath,
  destination: Destination,
  what: string,
  reason: string,
  next: string,
): UnavailableDeployable {
  return { kind: 'unavailable', at, destination, what, reason, next };
}
