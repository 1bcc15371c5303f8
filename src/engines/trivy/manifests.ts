import path from 'node:path';
import type { CanonicalFiles } from '../../model/canonical.ts';
import { inParallel } from '../../model/concurrency.ts';
import type { Coverage } from '../../model/engine-run.ts';
import { targetKey } from '../../model/engine-run.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import type { Part } from '../part.ts';
import { contentOf, reuse } from '../reuse.ts';
import { manifestArgs } from './args.ts';
import { canaryFile, canaryManifest, canaryRule, requireManifestCanary } from './canary.ts';
import { fieldOf } from './fields.ts';
import { engineId, manifestSecretFinding, misconfigurationFinding } from './findings.ts';
import { hiddenTexts } from './hidden-text.ts';
import { isJudged } from './kinds.ts';
import { manifestDegradations } from './log-lines.ts';
import { readReport, type TrivyReport, type TrivyResult } from './output.ts';
import { failed, withoutRepeats } from './part.ts';
import { requireSuccess, runTrivy, type TrivyContext } from './process.ts';
import type { SecretRules } from './secret-rules.ts';

/** The part of a resource in a file of the scanned folder. */
interface Shown {
  readonly resource: Resource;
  fieldAt(line: number): FieldPath;
}

/** Maximum resources per process: Trivy needs about 25 ms and writes up to 60 kB of report for each. */
const batchSize = 500;
/** Each takes about a core. */
const processes = 2;

/**
 * Misconfigurations and secrets in the canonical files. Throws if the scan as a whole cannot be trusted. Built-in checks see one file at a
 * time, so the result for a resource only depends on it, the binary and the secret rules.
 */
export async function judgeManifests(context: TrivyContext, secretRules: SecretRules | undefined): Promise<Part> {
  const scanners = context.options.scanners.filter((scanner) => scanner !== 'vuln');
  const { resources } = context.set;
  const target = ({ uid }: Resource) => ({ kind: 'resource', resource: uid }) as const;
  const part = await reuse(
    context,
    { engine: engineId, part: 'manifests', scanners: scanners.toSorted(), secretRules: secretRules?.content ?? '' },
    resources.map((resource) => ({ target: target(resource), content: contentOf(resource) })),
    (missing) =>
      scanManifests(
        context,
        resources.filter((resource) => missing.has(targetKey(target(resource)))),
        { scanners, ...(secretRules !== undefined && { secretConfig: secretRules.file }) },
      ),
  );
  const notes = scanners.includes('misconfig') ? ["misconfiguration checks built into Trivy's binary"] : [];
  return { ...part, notes: [...notes, ...part.notes] };
}

async function scanManifests(
  context: TrivyContext,
  resources: readonly Resource[],
  how: Omit<ManifestScan, 'name'>,
): Promise<Part> {
  const size = Math.ceil(resources.length / Math.ceil(resources.length / batchSize));
  const batches = Array.from({ length: Math.ceil(resources.length / size) }, (_, index) =>
    resources.slice(index * size, (index + 1) * size),
  );
  const parts = await inParallel(processes, batches, async (batch, index) => {
    context.progress(`manifests ${index * size + 1} to ${index * size + batch.length} of ${resources.length}`);
    return judgeBatch(context, batch, { ...how, name: `manifests-${index}` });
  });
  return {
    findings: parts.flatMap((part) => part.findings),
    coverage: parts.flatMap((part) => part.coverage),
    notes: [],
  };
}

interface ManifestScan {
  readonly name: string;
  readonly scanners: readonly string[];
  readonly secretConfig?: string;
}

async function judgeBatch(
  context: TrivyContext,
  resources: readonly Resource[],
  what: ManifestScan,
): Promise<Omit<Part, 'notes'>> {
  const { scanners } = what;
  const folder = path.join(context.workdir, what.name);
  const canonical = await context.canonical.write(folder, resources);
  await context.ports.files.write(path.join(folder, canaryFile), canaryManifest());
  const hidden = scanners.includes('secret') ? await writeHiddenTexts(context, resources, folder) : new Map<string, Shown>();
  const report = await scan(context, folder, what);
  requireManifestCanary(report, scanners);
  const shown = new Map([...canonicalFiles(resources, folder, canonical), ...hidden]);
  const results = (report.Results ?? []).filter((result) => result.Target !== canaryFile);
  return {
    findings: withoutRepeats(results.flatMap((result) => findingsOf(result, shown, canonical))),
    coverage: resources.map((resource) => coverageOf(resource, canonical, folder, results, scanners)),
  };
}

async function scan(context: TrivyContext, folder: string, what: ManifestScan): Promise<TrivyReport> {
  const { name, ...rest } = what;
  const report = path.join(context.folders.reports, `${name}.json`);
  const ended = await runTrivy(context, manifestArgs(context.folders, { ...rest, folder, report }), { network: 'none' });
  requireSuccess(ended, 'scan of the manifests');
  const [degraded] = manifestDegradations(ended.stderr);
  if (degraded !== undefined) {
    throw new GateError('ENGINE_COVERAGE', {
      message: `Trivy continued with reduced coverage after an error: ${degraded}`,
      next: 'Run again with debug logging.',
    });
  }
  return readReport(context.ports.files, report, 'scan of the manifests');
}

function canonicalFiles(
  resources: readonly Resource[],
  folder: string,
  canonical: CanonicalFiles,
): readonly (readonly [string, Shown])[] {
  return resources.flatMap((resource) => {
    const file = canonical.files.get(resource.uid);
    if (file === undefined) return [];
    return [[path.relative(folder, file), { resource, fieldAt: (line: number) => canonical.fieldAt(resource.uid, line) ?? [] }]];
  });
}

async function writeHiddenTexts(
  context: TrivyContext,
  resources: readonly Resource[],
  folder: string,
): Promise<ReadonlyMap<string, Shown>> {
  const shown = new Map<string, Shown>();
  for (const resource of resources) {
    for (const [index, hidden] of hiddenTexts(resource).entries()) {
      const name = path.join('text', resource.uid, `${index}.txt`);
      await context.ports.files.write(path.join(folder, name), hidden.text);
      shown.set(name, { resource, fieldAt: () => hidden.path });
    }
  }
  return shown;
}

function findingsOf(result: TrivyResult, files: ReadonlyMap<string, Shown>, canonical: CanonicalFiles): readonly EngineFinding[] {
  const file = files.get(result.Target);
  if (file === undefined) {
    throw new GateError('ENGINE_OUTPUT_INVALID', {
      message: `Trivy reported on the unknown file ${result.Target.slice(0, 200)}`,
      next: 'Run again with debug logging.',
    });
  }
  const failures = (result.Misconfigurations ?? []).filter((found) => found.Status === 'FAIL');
  const secrets = (result.Secrets ?? []).filter((found) => found.RuleID !== canaryRule);
  return [
    ...failures.map((found) => misconfigurationFinding(found, file.resource.uid, fieldOf(found, canonical, file.resource))),
    ...secrets.map((found) => manifestSecretFinding(found, file.resource.uid, file.fieldAt(found.StartLine))),
  ];
}

/**
 * Trivy omits a file that it cannot parse from its report, with exit code 0. A scanned file has a summary with the number of passed checks.
 * For secrets, the only evidence is the canary in the same folder.
 */
function coverageOf(
  resource: Resource,
  canonical: CanonicalFiles,
  folder: string,
  results: readonly TrivyResult[],
  scanners: readonly string[],
): Coverage {
  const target = { kind: 'resource', resource: resource.uid } as const;
  const file = canonical.files.get(resource.uid);
  const name = file === undefined ? undefined : path.relative(folder, file);
  const summary = results.find((result) => result.Target === name && result.Class === 'config')?.MisconfSummary;
  const checks = (summary?.Successes ?? 0) + (summary?.Failures ?? 0);
  if (name !== undefined && (!scanners.includes('misconfig') || checks > 0))
    return evaluated(resource, summary?.Failures ?? 0, scanners);
  return failed(
    target,
    new GateError('ENGINE_COVERAGE', {
      message: `Trivy applied no check to ${resourceLabel(resource)}`,
      expected: 'its file in the report, with the checks that passed',
      next: 'Run again with debug logging, or report it.',
    }),
  );
}

/** Checks that pass because they do not apply do not count as an evaluation, nor does a search for secrets. */
function evaluated(resource: Resource, failures: number, scanners: readonly string[]): Coverage {
  const target = { kind: 'resource', resource: resource.uid } as const;
  if (scanners.includes('misconfig') && (failures > 0 || isJudged(resource))) return { target, status: 'evaluated' };
  const searched = scanners.includes('secret') ? '; it was only searched for secrets' : '';
  const what = scanners.includes('misconfig')
    ? `no check of Trivy applies to ${resource.apiVersion} ${resource.kind}`
    : 'misconfig is not among the scanners';
  return { target, status: 'not-applicable', reason: `${what}${searched}` };
}
