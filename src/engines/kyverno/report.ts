import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { ProcessResult } from '../../ports/ports.ts';

/** The parts of an openreports.io/v1alpha1 report that are read, as written by Kyverno 1.19.1. */
const resultSchema = z.looseObject({
  source: z.string(),
  policy: z.string(),
  rule: z.string().optional(),
  result: z.enum(['pass', 'fail', 'warn', 'error', 'skip']),
  message: z.string().optional(),
  resources: z.tuple([
    z.looseObject({
      apiVersion: z.string(),
      kind: z.string(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    }),
  ]),
  properties: z.record(z.string(), z.string()).optional(),
});
export type ReportResult = z.infer<typeof resultSchema>;
/** A namespaced policy is `namespace/name`. */
export function policyIdOf({ policy }: ReportResult): string {
  return policy.slice(policy.indexOf('/') + 1);
}

const words = ['pass', 'fail', 'warn', 'error', 'skip'] as const;
const reportSchema = z.looseObject({
  kind: z.enum(['ClusterReport', 'PolicyReport', 'Report']),
  summary: z.looseObject(Object.fromEntries(words.map((word) => [word, z.number().optional()]))),
  results: z.array(resultSchema),
});

/**
 * The results in the output of `kyverno apply -p --output-format json`: notices, then one cluster-wide report, then one for each namespaced
 * policy after `---`. After the first report, every line has to be one. Throws ENGINE_OUTPUT_INVALID.
 */
export function readResults(result: ProcessResult): readonly ReportResult[] {
  const start = result.stdout.indexOf('{"kind":"ClusterReport"');
  if (start < 0) throw broken('it contains no report');
  const lines = result.stdout
    .slice(start)
    .split('\n')
    .filter((line) => line !== '' && line !== '---' && line !== 'exit as no objects satisfied policy');
  const reports = lines.map((line) => {
    const parsed = reportSchema.safeParse(readJson(line));
    if (!parsed.success) throw broken(schemaProblem(parsed.error, { whole: 'the report' }));
    requireCounts(parsed.data);
    return parsed.data;
  });
  if (reports.filter((report) => report.kind === 'ClusterReport').length !== 1)
    throw broken('it contains more than one cluster-wide report');
  return reports.flatMap((report) => report.results);
}

/** Detects lost or altered results, since a resource without a result means that no policy matched it. */
function requireCounts({ summary, results }: z.infer<typeof reportSchema>): void {
  for (const word of words) {
    const counted = results.filter((entry) => entry.result === word).length;
    const stated = summary[word] ?? 0;
    if (stated !== counted) throw broken(`its summary counts ${String(stated)} ${word}, but there are ${counted}`);
  }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw broken('it contains a report that is not valid JSON', cause);
  }
}

function broken(why: string, cause?: unknown): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the output of kyverno apply is invalid: ${why.slice(0, 500)}`,
    expected: 'reports in JSON, one per line',
    next: 'Check the version of Kyverno against tools.lock.json.',
    cause,
  });
}
