import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';

/** A row of `kyverno test --output-format json` (1.19.1). */
const rowSchema = z
  .looseObject({ POLICY: z.string(), RULE: z.string(), RESOURCE: z.string(), RESULT: z.string(), REASON: z.string() })
  .transform(({ POLICY, RULE, RESOURCE, RESULT, REASON }) => ({
    policy: POLICY,
    rule: RULE,
    /** `apps/v1/Deployment/shop/web`. */
    resource: RESOURCE,
    /** `Pass`, whatever the policy decided, if that is what the test expects. */
    result: RESULT,
    reason: REASON,
  }));
export type ReportedRow = z.infer<typeof rowSchema>;

export interface KyvernoReport {
  readonly rows: readonly ReportedRow[];
  /** Of all tests, as counted by Kyverno; undefined if it stopped before. */
  readonly failed: number | undefined;
  /** Of all tests, in the report. */
  readonly failedRows: number;
}

/**
 * The part of a report about one file; undefined without it. Kyverno also runs the tests in folders below. Each has a line
 * `Loading test  ( <file> ) ...`, notices, and an array of rows between lines of `[` and `]`; a text in it contains no line break.
 */
export function readReport(stdout: string, file: string): KyvernoReport | undefined {
  const parts = stdout.split(/^Loading test {2}\( (.*) \) \.\.\.$/m).slice(1);
  const sections = parts.flatMap((name, index) => (index % 2 === 0 ? [{ name, rows: rowsIn(parts[index + 1] ?? '') }] : []));
  const own = sections.find(({ name }) => name === file)?.rows;
  const counted = /^Test Summary: \d+ tests passed and (\d+) tests failed$/m.exec(parts.at(-1) ?? '')?.[1];
  if (own === undefined) return undefined;
  return {
    rows: own,
    failed: counted === undefined ? undefined : Number(counted),
    failedRows: sections.flatMap(({ rows }) => rows ?? []).filter(({ result }) => result !== 'Pass').length,
  };
}

function rowsIn(section: string): readonly ReportedRow[] | undefined {
  const text = /^\[$[\s\S]*?^\]$/m.exec(section)?.[0];
  if (text === undefined) return undefined;
  return z.array(rowSchema).safeParse(parseJson(text)).data;
}
