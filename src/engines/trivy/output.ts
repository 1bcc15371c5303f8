import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import type { ImagePackage } from '../../model/image-inventory.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { Files } from '../../ports/ports.ts';

/** The parts of Trivy's JSON report (schema version 2) that are read. Go omits empty fields; any other missing field is an error. */
const line = z.number().int().nonnegative();

const vulnerability = z.object({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().min(1),
  PkgPath: z.string().optional(),
  InstalledVersion: z.string().optional(),
  FixedVersion: z.string().optional(),
  Status: z.string().optional(),
  PrimaryURL: z.string().optional(),
  Title: z.string().optional(),
  Description: z.string().optional(),
  Severity: z.string(),
  PublishedDate: z.string().optional(),
});

const misconfiguration = z.object({
  ID: z.string().min(1),
  Title: z.string().min(1),
  Description: z.string().optional(),
  Message: z.string().optional(),
  Resolution: z.string().optional(),
  PrimaryURL: z.string().optional(),
  Severity: z.string(),
  // `EXCEPTION` is impossible, since no ignore rules are passed to Trivy.
  Status: z.enum(['PASS', 'FAIL']),
  CauseMetadata: z.object({ StartLine: line.optional(), EndLine: line.optional() }).optional(),
});

/** `Match` and `Code` are omitted on purpose: Trivy only masks the part of the secret that its rule matches. */
const secret = z.object({
  RuleID: z.string().min(1),
  Title: z.string(),
  Severity: z.string(),
  StartLine: line,
  EndLine: line,
});

/** An entry of another shape is left out of the bill of materials. Where licenses are evaluated, it is an error. */
const imagePackage = z.object({
  Name: z.string().min(1),
  Version: z.string().optional(),
  SrcName: z.string().optional(),
  Identifier: z.object({ PURL: z.string().optional() }).optional(),
  Licenses: z.array(z.string()).optional(),
});

const result = z.object({
  Target: z.string(),
  Class: z.string().min(1),
  Type: z.string().optional(),
  Packages: z.array(z.unknown()).optional(),
  MisconfSummary: z.object({ Successes: z.number(), Failures: z.number() }).optional(),
  Vulnerabilities: z.array(vulnerability).optional(),
  Misconfigurations: z.array(misconfiguration).optional(),
  Secrets: z.array(secret).optional(),
});

const databaseInfo = z.object({ UpdatedAt: z.iso.datetime({ offset: true }) });

const report = z.object({
  SchemaVersion: z.literal(2),
  ArtifactName: z.string(),
  ArtifactType: z.string(),
  Trivy: z.object({ Server: z.object({ VulnerabilityDB: databaseInfo.optional() }).optional() }).optional(),
  Metadata: z
    .object({
      ImageID: z.string().min(1).optional(),
      OS: z.object({ Family: z.string(), Name: z.string().optional(), EOSL: z.boolean().optional() }).optional(),
      // `nginx@sha256:…`, of an image from a registry: what it was pulled by, for many platforms the digest of their index.
      RepoDigests: z.array(z.string()).optional(),
    })
    .optional(),
  Results: z.array(result).optional(),
});

export type TrivyReport = z.infer<typeof report>;
export type TrivyResult = z.infer<typeof result>;
export type TrivyVulnerability = z.infer<typeof vulnerability>;
export type TrivyMisconfiguration = z.infer<typeof misconfiguration>;
export type TrivySecret = z.infer<typeof secret>;

/** Throws ENGINE_OUTPUT_INVALID for text that is empty, truncated, or not a report of schema version 2. */
export function parseReport(text: string, what: string): TrivyReport {
  if (text.trim() === '') throw invalid(what, 'the report is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    // The parser's own message quotes the text, which may contain secrets.
    throw invalid(what, `the report of ${text.length} characters is not complete JSON`, thrown);
  }
  const parsed = report.safeParse(value);
  if (parsed.success) {
    requireCounts(parsed.data, what);
    return parsed.data;
  }
  throw invalid(what, `the report has an unknown shape: ${schemaProblem(parsed.error, { whole: 'the report' })}`);
}

/** Trivy both counts and lists failed checks: different numbers mean that the list is incomplete. */
function requireCounts({ Results }: TrivyReport, what: string): void {
  for (const { Target, MisconfSummary, Misconfigurations } of Results ?? []) {
    const listed = (Misconfigurations ?? []).filter((found) => found.Status === 'FAIL').length;
    if (MisconfSummary !== undefined && MisconfSummary.Failures !== listed)
      throw invalid(
        what,
        `${Target.slice(0, 200)}: its summary counts ${MisconfSummary.Failures} failed checks, but ${listed} are listed`,
      );
  }
}

export async function readReport(files: Files, path: string, what: string): Promise<TrivyReport> {
  if ((await files.stat(path)) === undefined) throw invalid(what, 'Trivy exited without writing its report');
  return parseReport(await files.readText(path), what);
}

function invalid(what: string, message: string, cause?: unknown): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `${what}: ${message}`,
    expected: "a complete report of Trivy's JSON schema version 2",
    next: 'Run again with debug logging; another version of Trivy may write another format.',
    ...(cause !== undefined && { cause }),
  });
}

/** The packages of an image, of all package managers. */
export function packagesOf({ Results = [] }: TrivyReport): readonly ImagePackage[] {
  return Results.flatMap((found) => found.Packages ?? []).flatMap((one) => packageFrom(one) ?? []);
}

/** Undefined for an entry of another shape. */
export function packageFrom(entry: unknown): ImagePackage | undefined {
  const parsed = imagePackage.safeParse(entry);
  if (!parsed.success) return undefined;
  const { Name: name, Version: version, Identifier, Licenses: licenses = [] } = parsed.data;
  return {
    name,
    ...(version !== undefined && version !== '' && { version }),
    ...(Identifier?.PURL !== undefined && { purl: Identifier.PURL }),
    ...(licenses.length > 0 && { licenses }),
  };
}

/** How a listed package was looked up. */
export function sourceOfPackage(entry: unknown): { readonly purl?: string | undefined; readonly source?: string | undefined } {
  const { data } = imagePackage.safeParse(entry);
  return { purl: data?.Identifier?.PURL, source: data?.SrcName };
}
