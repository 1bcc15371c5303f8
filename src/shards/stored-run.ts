import * as z from 'zod';
import type { Coverage, EngineRun } from '../model/engine-run.ts';
import type { EngineFinding, JsonPatchOperation } from '../model/finding.ts';
import { GateError } from '../model/gate-error.ts';
import { type JsonValue, stringifyJson } from '../model/json.ts';
import { parseUntrustedJson } from '../reports/json/untrusted-json.ts';
import type { StoredCoverage, StoredError, StoredFinding, StoredRun } from './report-schema.ts';

/** An engine run in the format of a shard's report: errors as fields, values of patches as text. */
export function toStored(run: EngineRun): StoredRun {
  switch (run.status) {
    case 'completed':
      return {
        ...run,
        findings: run.findings.map(storedFinding),
        coverage: run.coverage.map(storedCoverage),
        notes: [...run.notes],
      };
    case 'failed':
      return { ...run, error: storedError(run.error) };
    case 'skipped':
      return run;
  }
}

export function fromStored(run: StoredRun): EngineRun {
  switch (run.status) {
    case 'completed':
      return { ...run, findings: run.findings.map(toFinding), coverage: run.coverage.map(toCoverage) };
    case 'failed':
      return { ...run, error: toError(run.error) };
    case 'skipped':
      return run;
  }
}

const json: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.bigint(), z.string(), z.array(json), z.record(z.string(), json)]),
);

function storedFinding({ subject, fix, ...rest }: EngineFinding): StoredFinding {
  const kept = subject.kind === 'resource' ? { ...subject, path: [...subject.path] } : subject;
  if (fix === undefined) return { ...rest, subject: kept };
  const { patch, ...words } = fix;
  if (patch === undefined) return { ...rest, subject: kept, fix: words };
  const stored = patch.map(({ op, path, value }) => ({
    op,
    path,
    ...(value !== undefined && { value: stringifyJson(json.parse(value)) }),
  }));
  return { ...rest, subject: kept, fix: { ...words, patch: stored } };
}

function toFinding({ fix, ...rest }: StoredFinding): EngineFinding {
  if (fix === undefined) return rest;
  const { patch, ...words } = fix;
  if (patch === undefined) return { ...rest, fix: words };
  const operations = patch.map(
    ({ value, ...where }): JsonPatchOperation => (value === undefined ? where : { ...where, value: parseUntrustedJson(value) }),
  );
  return { ...rest, fix: { ...words, patch: operations } };
}

function storedCoverage(coverage: Coverage): StoredCoverage {
  return coverage.status === 'failed' ? { ...coverage, error: storedError(coverage.error) } : coverage;
}

function toCoverage(coverage: StoredCoverage): Coverage {
  return coverage.status === 'failed' ? { ...coverage, error: toError(coverage.error) } : coverage;
}

function storedError({ code, details: { message, file, line, column, field, expected, next } }: GateError): StoredError {
  return {
    code,
    message,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(field !== undefined && { field: { ...field, path: [...field.path] } }),
    ...(expected !== undefined && { expected }),
    ...(next !== undefined && { next }),
  };
}

function toError({ code, ...details }: StoredError): GateError {
  return new GateError(code, details);
}
