import { hash } from 'node:crypto';
import type { Finding } from '../model/finding.ts';

/**
 * What a baseline knows a finding by: one key for each resource that it was merged from. For a critical finding it contains what runs there, as in
 * a comparison with the base: otherwise a privileged container could get another image. No line, file, tag or version is part of it.
 */
export function acceptedKeys({ baselineKeys, fingerprint, about = [] }: Finding): readonly string[] {
  return (baselineKeys ?? [fingerprint]).flatMap((key) => {
    const parts = about.filter((one) => one.key === key);
    return parts.length === 0 ? [key] : parts.map((one) => digest([key, one.environments.toSorted(), sorted(one.parts)]));
  });
}

function sorted(parts: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex').slice(0, 32);
}
