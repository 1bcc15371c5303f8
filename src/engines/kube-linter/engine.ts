import path from 'node:path';
import * as z from 'zod';
import type { Target } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';
import { resourceTargets } from '../all-targets.ts';
import type { Engine } from '../engine.ts';
import { type Judged, type Part, together } from '../part.ts';
import { reuseResources } from '../reuse-resources.ts';
import { readSeverities, severitySchema } from '../severity-map.ts';
import { type Canary, plantCanary } from './canary.ts';
import { fieldOf } from './fields.ts';
import { kindOf, kindsJudged } from './kinds.ts';
import { type KubeLinterOptions, kubeLinterOptionsSchema } from './options.ts';
import { type KubeLinterOutput, notLoaded, type Report, readOutput } from './output.ts';
import { type KubeLinterContext, lint } from './process.ts';
import { kubeLinterSettings } from './settings.ts';

const engineId = 'kube-linter';

export const kubeLinterEngine: Engine<KubeLinterOptions> = {
  id: engineId,
  title: 'KubeLinter',
  kind: 'scanner',
  scope: () => 'set',
  summary: 'Good practice in manifests: probes, limits, privileges, dangling references.',
  tool: 'kube-linter',
  options: kubeLinterOptionsSchema,
  notApplicable: (set) => (set.resources.length === 0 ? 'no resources to evaluate' : undefined),
  targets: resourceTargets,
  run,
  settings: kubeLinterSettings,
};

/** Some checks relate resources to each other (a Service that selects nothing), so all are evaluated together. */
async function run(context: KubeLinterContext): Promise<Part> {
  const severities = await readSeverities(context.ports.files, context.gateRoot, engineId, z.record(z.string(), severitySchema));
  const circumstances = { engine: engineId, judgedBy: [JSON.stringify(severities)], scope: 'together' } as const;
  return reuseResources(context, circumstances, (narrowed) => judgeSet(narrowed, severities));
}

async function judgeSet(context: KubeLinterContext, severities: Readonly<Record<string, Severity>>): Promise<Part> {
  const { files } = context.ports;
  const { resources } = context.set;
  const canary = plantCanary(context.options);
  const folder = path.join(context.workdir, 'resources');
  const planted = path.join(context.workdir, 'canary');
  const config = path.join(context.workdir, 'kube-linter.yaml');
  const plantedFile = path.join(planted, 'canary.yaml');
  await files.write(config, canary.config);
  await files.write(plantedFile, canary.manifest);
  const canonical = await context.canonical.write(folder, resources);
  context.progress(`${resources.length} resource(s)`);
  const output = readOutput(await lint(context, config, [folder, planted]));
  const reports = groupByFile(output.Reports, new Set([...canonical.files.values(), plantedFile]));
  requireCanary(canary, output, reports.get(plantedFile) ?? []);
  const severityOf = (check: string): Severity => context.options.severity[check] ?? severities[check] ?? 'unknown';
  const kinds = kindsJudged(
    output.Checks.map(({ name }) => name).filter((name) => ![canary.seen, canary.planted].includes(name)),
  );
  const judged = resources.map((resource) =>
    judge(resource, reports.get(canonical.files.get(resource.uid) ?? '') ?? [], { canary, severityOf, output, kinds }),
  );
  return together(judged, [`${output.Checks.length - 2} checks`]);
}

function groupByFile(reports: readonly Report[], known: ReadonlySet<string>): ReadonlyMap<string, readonly Report[]> {
  const byFile = groupBy(reports, (report) => report.Object.Metadata.FilePath);
  const foreign = [...byFile.keys()].find((file) => !known.has(file));
  if (foreign === undefined) return byFile;
  throw new GateError('ENGINE_OUTPUT_INVALID', {
    message: `kube-linter reports on the unknown file ${JSON.stringify(foreign.slice(0, 200))}`,
    expected: 'reports on files of the working folder only',
  });
}

/** The planted Deployment must fail our own check and each enabled built-in check that applies to it. */
function requireCanary(canary: Canary, output: KubeLinterOutput, reports: readonly Report[]): void {
  const enabled = new Set(output.Checks.map((check) => check.name));
  const expected = [canary.seen, canary.planted, ...canary.builtIn.filter((check) => enabled.has(check))];
  const missing = expected.filter((check) => !reports.some((report) => report.Check === check));
  if (missing.length === 0) return;
  throw new GateError('ENGINE_COVERAGE', {
    message: `KubeLinter missed the canary: it did not report ${missing.join(' and ')} for a privileged Deployment`,
    expected: 'every planted defect to be found in every run',
    next: "Check KubeLinter's binary: its other results cannot be trusted either.",
  });
}

interface Run {
  readonly canary: Canary;
  readonly severityOf: (check: string) => Severity;
  readonly output: KubeLinterOutput;
  /** Kinds that the enabled checks apply to. */
  readonly kinds: ReadonlySet<string>;
}

/** A loaded resource is not necessarily evaluated: it is not if no enabled check applies to its kind. */
function judge(resource: Resource, reports: readonly Report[], { canary, severityOf, output, kinds }: Run): Judged {
  const target: Target = { kind: 'resource', resource: resource.uid };
  const findings = reports
    .filter((report) => ![canary.seen, canary.planted, notLoaded].includes(report.Check))
    .map((report) => findingOf(resource, report, severityOf, output));
  if (reports.some((report) => report.Check === canary.seen)) {
    if (findings.length > 0 || kinds.has(kindOf(resource))) return { findings, coverage: { target, status: 'evaluated' } };
    const reason = `no enabled check of KubeLinter applies to ${resource.apiVersion} ${resource.kind}`;
    return { findings, coverage: { target, status: 'not-applicable', reason } };
  }
  const refused = reports.find((report) => report.Check === notLoaded)?.Diagnostic.Message;
  const error = new GateError('ENGINE_COVERAGE', {
    message: `KubeLinter could not load ${resourceLabel(resource)}: ${refused?.slice(0, 400) ?? 'it silently dropped the object'}`,
    expected: 'an object with valid types for its apiVersion and kind',
    next: 'Fix the type of the field; the API server would reject it as well.',
  });
  return { findings, coverage: { target, status: 'failed', error } };
}

function findingOf(
  resource: Resource,
  report: Report,
  severityOf: (check: string) => Severity,
  output: KubeLinterOutput,
): EngineFinding {
  const message = report.Diagnostic.Message;
  const detail = output.Checks.find((check) => check.name === report.Check)?.description;
  return {
    engine: engineId,
    rule: report.Check,
    category: 'best-practice',
    title: message.split('\n')[0] ?? message,
    ...(detail !== undefined && detail !== '' && { detail }),
    severity: severityOf(report.Check),
    subject: { kind: 'resource', resource: resource.uid, path: fieldOf(resource.object, report.Check, message) },
    ...(report.Remediation !== '' && { fix: { text: report.Remediation } }),
    helpUrl: 'https://docs.kubelinter.io/#/generated/checks',
  };
}
