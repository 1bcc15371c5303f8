/** As cel-js tells a map from other objects: one with a member named `constructor` is none to it. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}

export function isExact(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint';
}

export function isScalar(value: unknown): boolean {
  return isExact(value) || typeof value === 'number';
}

/** A value that cel-js knows without looking into it. */
export function isKnown(value: unknown): boolean {
  return isScalar(value) || isMap(value) || (Array.isArray(value) && value.constructor === Array);
}
