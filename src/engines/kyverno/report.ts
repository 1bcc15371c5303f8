import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';

/** The parts of an openreports.io/v1alpha1 report that are read, as Kyverno 1.19.1 writes it. */
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
 * The results in what `kyverno apply -p --output-format json` writes: notices, then one cluster-wide report, then one for each
 * namespaced policy after `---`. Once the first report began, every line has to be one. Throws ENGINE_OUTPUT_INVALID.
 */
export function readResults(result: ProcessResult): readonly ReportResult[] {
  const start = result.stdout.indexOf('{"kind":"ClusterReport"');
  if (start < 0) throw broken('there is no report in it');
  const lines = result.stdout
    .slice(start)
    .split('\n')
    .filter((line) => line !== '' && line !== '---' && line !== 'exit as no objects satisfied policy');
  const reports = lines.map((line) => {
    const parsed = reportSchema.safeParse(readJson(line));
    if (!parsed.success) throw broken(z.prettifyError(parsed.error));
    requireCounts(parsed.data);
    return parsed.data;
  });
  if (reports.filter((report) => report.kind === 'ClusterReport').length !== 1)
    throw broken('there is more than one cluster-wide report in it');
  return reports.flatMap((report) => report.results);
}

/** A result that got lost or changed on its way shows here, since a resource without one means that no policy was about it. */
function requireCounts({ summary, results }: z.infer<typeof reportSchema>): void {
  for (const word of words) {
    const counted = results.filter((entry) => entry.result === word).length;
    const said = summary[word] ?? 0;
    if (said !== counted) throw broken(`its summary says ${String(said)} ${word}, but there are ${counted}`);
  }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw broken('a report in it is no JSON', cause);
  }
}

function broken(why: string, cause?: unknown): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the output of kyverno apply is not what Kyverno writes: ${why.slice(0, 500)}`,
    expected: 'reports in JSON, one a line',
    next: 'Check the version of Kyverno against tools.lock.json.',
    cause,
  });
}
