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

/** A WARN has to be checked by hand: shipped severities apply to failed tests and do not raise it, but the user's do. */
export function benchSeverity(check: BenchCheck, shipped: BenchSeverities, own: KubeBenchOptions['severity']): Severity {
  const configured = own[check.test_number];
  if (configured !== undefined) return configured;
  if (check.status === 'WARN') return shipped.default.WARN;
  return shipped.rules[check.test_number] ?? shipped.default.FAIL;
}
