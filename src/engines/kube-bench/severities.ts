import * as z from 'zod';
import type { Severity } from '../../model/severity.ts';
import { severitySchema } from '../severity-map.ts';
import type { KubeBenchOptions } from './options.ts';
import type { BenchCheck } from './result.ts';

/** `kube-bench` of policies/severity.yaml. */
export const benchSeveritiesSchema = z.strictObject({
  default: z.strictObject({ FAIL: severitySchema, WARN: severitySchema }),
  rules: z.record(z.string(), severitySchema).default({}),
});
export type BenchSeverities = z.infer<typeof benchSeveritiesSchema>;

/** A WARN is a test that somebody has to do by hand: `rules` speak of tests that failed and don't raise it; the user's word does. */
export function benchSeverity(check: BenchCheck, shipped: BenchSeverities, own: KubeBenchOptions['severity']): Severity {
  const said = own[check.test_number];
  if (said !== undefined) return said;
  if (check.status === 'WARN') return shipped.default.WARN;
  return shipped.rules[check.test_number] ?? shipped.default.FAIL;
}
