import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { parseResult } from '../result-files.ts';

/** Go writes a list without entries as null. */
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullable()
    .transform((items) => items ?? []);
const count = z.number().int().nonnegative();
const totals = { total_pass: count, total_fail: count, total_warn: count, total_info: count };

const checkSchema = z.looseObject({
  test_number: z.string().min(1),
  test_desc: z.string(),
  remediation: z.string(),
  status: z.enum(['PASS', 'FAIL', 'WARN', 'INFO']),
  scored: z.boolean(),
  reason: z.string().optional(),
});
export type BenchCheck = z.infer<typeof checkSchema>;

const controlsSchema = z.looseObject({
  id: z.string(),
  version: z.string(),
  text: z.string(),
  node_type: z.string().min(1),
  tests: list(z.looseObject({ section: z.string(), desc: z.string(), results: list(checkSchema) })),
  ...totals,
});

/** `kube-bench run --json` (0.15.6: check/controls.go, OverallControls). */
const resultSchema = z.looseObject({ Controls: list(controlsSchema), Totals: z.looseObject(totals) });
export type BenchResult = z.infer<typeof resultSchema>;
type Totals = BenchResult['Totals'];

const nothing: Totals = { total_pass: 0, total_fail: 0, total_warn: 0, total_info: 0 };
const expected = 'the output of `kube-bench run --json`, with totals';

/**
 * Reads a result. kube-bench writes empty controls if its filters or targets match nothing, and a file can be truncated or edited, so the
 * totals have to match the results. Throws ENGINE_OUTPUT_INVALID.
 */
export function readBenchResult(file: string, text: string): BenchResult {
  const result = parseResult(file, text, resultSchema, expected);
  const invalid = (message: string): GateError =>
    new GateError('ENGINE_OUTPUT_INVALID', {
      file,
      message,
      expected,
      next: 'Run kube-bench again, without `--nototals` and on a node with its targets.',
    });
  if (result.Controls.length === 0) throw invalid('no controls: nothing was tested');
  for (const controls of result.Controls) {
    const counted = countOf(controls.tests.flatMap((group) => group.results));
    const stated = words(controls);
    if (stated !== counted) throw invalid(`the controls for ${controls.node_type} state ${stated}, but contain ${counted}`);
  }
  const all = countOf(result.Controls.flatMap((controls) => controls.tests.flatMap((group) => group.results)));
  if (all === words(nothing)) throw invalid('no results: nothing was tested');
  const stated = words(result.Totals);
  if (stated !== all) throw invalid(`the totals state ${stated}, but there are ${all}`);
  return result;
}

function words({ total_pass, total_fail, total_warn, total_info }: Totals): string {
  return `${total_pass} pass, ${total_fail} fail, ${total_warn} warn, ${total_info} info`;
}

function countOf(checks: readonly BenchCheck[]): string {
  const of = (status: BenchCheck['status']) => checks.filter((check) => check.status === status).length;
  return `${of('PASS')} pass, ${of('FAIL')} fail, ${of('WARN')} warn, ${of('INFO')} info`;
}
