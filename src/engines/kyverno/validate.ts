import path from 'node:path';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { stringifyJson } from '../../model/json.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { type Batch, identity } from './batches.ts';
import { type Canary, canaryPolicy, celCanaryPolicy, refusedRule, seenRule } from './canary.ts';
import { invalid, policyLabel } from './documents.ts';
import { indeterminate, refusal } from './findings.ts';
import { writeObjects } from './load.ts';
import { nameLabel } from './needs.ts';
import { apply, excerpt, type KyvernoContext, unitNamedIn, withNames } from './process.ts';
import { policyIdOf, type ReportResult, readResults } from './report.ts';
import type { Unit } from './units.ts';

/** What became of one resource. No findings and no error: no policy was about it, or all passed. */
export interface Judgement {
  readonly resource: Resource;
  readonly findings: readonly EngineFinding[];
  readonly error?: GateError;
  /** Some policy was about it. */
  readonly matched: boolean;
}

/** The folder of a batch's resources, with the planted one among them. */
export async function writeBatch(context: KyvernoContext, batch: Batch, name: string, canary: Canary): Promise<string> {
  const folder = `${name}-resources`;
  await context.canonical.write(path.join(context.workdir, folder), [...batch.resources.values()]);
  await context.ports.files.write(path.join(context.workdir, folder, 'k8s-gate-canary.yaml'), stringifyJson(canary.resource));
  return folder;
}

export async function writeValues(context: KyvernoContext, batch: Batch, name: string): Promise<string> {
  const used = new Set([...batch.resources.values()].map((resource) => resource.namespace ?? 'default'));
  const labels = [...used].map((namespace) => ({
    name: namespace,
    labels: batch.namespaceLabels.get(namespace) ?? { [nameLabel]: namespace },
  }));
  const file = `${name}-values.yaml`;
  const values = {
    apiVersion: 'cli.kyverno.io/v1alpha1',
    kind: 'Values',
    metadata: { name: 'values' },
    namespaceSelector: labels,
  };
  await context.ports.files.write(path.join(context.workdir, file), JSON.stringify(values));
  return file;
}

/** Judges one batch by everything that validates. Throws where Kyverno did not see all of it, or missed what was planted. */
export async function validateBatch(
  context: KyvernoContext,
  batch: Batch,
  units: readonly Unit[],
  canary: Canary,
  name: string,
): Promise<readonly Judgement[]> {
  const hasCel = units.some((unit) => unit.language === 'cel');
  const planted = hasCel ? [canaryPolicy, celCanaryPolicy] : [canaryPolicy];
  const policies = Object.entries(canary.policies).filter(([policy]) => planted.includes(policy));
  await writeObjects(context, `${name}-policies`, Object.fromEntries(policies));
  await writeObjects(context, `${name}-policies`, Object.fromEntries(units.map((unit) => [unit.id, unit.object])));
  const resources = await writeBatch(context, batch, name, canary);
  const values = await writeValues(context, batch, name);
  const args = [`${name}-policies`, '-r', resources, '-f', values, '-p', '--output-format', 'json'];
  const result = await apply(context, batch.resources.size, args);
  // The planted resource makes it 1; 0 or the "nothing judged" code means that it was not refused, any other a crash.
  if (result.exitCode !== 1 || !result.stdout.includes('{"kind":"ClusterReport"')) throw noReport(result, units);
  const results = readResults(result);
  requireCanary(results, canary, planted);
  return judge(batch, units, results, canary);
}

export function noReport(result: Awaited<ReturnType<typeof apply>>, units: readonly Unit[]): GateError {
  const words = excerpt(result, units);
  const named = unitNamedIn(result, units);
  const message = `kyverno ended with exit code ${result.exitCode ?? 'none'} and without a verdict: ${words}`;
  if (named !== undefined) return invalid(named.document, { message, next: 'Mend the policy.' });
  return new GateError('ENGINE_FAILED', { message, expected: 'exit code 1 (the planted resource is refused) and a report' });
}

function requireCanary(results: readonly ReportResult[], canary: Canary, planted: readonly string[]): void {
  const refused = (policy: string) =>
    results.filter(
      (result) => result.policy === policy && (result.rule ?? refusedRule) === refusedRule && result.result === 'fail',
    );
  const missed = planted.find((policy) => {
    const names = refused(policy).map((result) => result.resources[0].name);
    return names.length !== 1 || names[0] !== canary.name;
  });
  if (missed !== undefined) throw uncovered(`${missed} did not refuse the planted resource, and only that`);
}

function judge(batch: Batch, units: readonly Unit[], results: readonly ReportResult[], canary: Canary): readonly Judgement[] {
  const byResource = new Map<string, ReportResult[]>();
  for (const result of results) {
    const key = identity(result.resources[0]);
    byResource.set(key, [...(byResource.get(key) ?? []), result]);
  }
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  requireKnown(results, byId, new Set([...batch.resources.keys(), plantedIdentity(canary)]));
  return [...batch.resources].map(([key, resource]) => {
    const own = byResource.get(key) ?? [];
    if (!own.some((result) => result.policy === canaryPolicy && result.rule === seenRule && result.result === 'pass')) {
      throw uncovered(`${resourceLabel(resource)} was not looked at`);
    }
    return judgeResource(resource, own, byId, batch);
  });
}

/** Under which Kyverno speaks of the planted resource. */
export function plantedIdentity({ name }: Canary): string {
  return identity({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name });
}

/** A result that can't be laid at a resource's door would be a refusal that nobody hears of. */
function requireKnown(results: readonly ReportResult[], units: ReadonlyMap<string, Unit>, resources: ReadonlySet<string>): void {
  for (const result of results) {
    const { kind, name } = result.resources[0];
    const policy = policyIdOf(result);
    if (policy !== canaryPolicy && policy !== celCanaryPolicy && !units.has(policy))
      throw uncovered(`a result of the policy ${JSON.stringify(policy.slice(0, 100))}, which it was not given`);
    if (!resources.has(identity(result.resources[0])))
      throw uncovered(`a result for ${kind.slice(0, 100)} ${JSON.stringify((name ?? '').slice(0, 200))}, which it was not given`);
  }
}

function judgeResource(
  resource: Resource,
  results: readonly ReportResult[],
  units: ReadonlyMap<string, Unit>,
  batch: Batch,
): Judgement {
  const attributed = results.flatMap((result) => {
    const unit = units.get(policyIdOf(result));
    return unit === undefined ? [] : [{ unit, result }];
  });
  const counted = attributed.filter(({ unit, result }) => countsProbe(unit, result, batch));
  // Where a rule's answer depends on labels that are not known, Kyverno's own answer rests on a guess.
  const unsure = new Set(
    counted.flatMap(({ unit }) => (unit.purpose.kind === 'probe' ? [ruleKey(unit, unit.purpose.rule)] : [])),
  );
  const findings: EngineFinding[] = [];
  let error: GateError | undefined;
  for (const { unit, result } of counted) {
    if (unit.purpose.kind === 'probe') findings.push(indeterminate(unit, unit.purpose.rule, unit.purpose.reason, resource));
    else if (result.result === 'error') error ??= failure(unit, result, resource);
    else if (result.result === 'fail' || result.result === 'warn') {
      const finding = refusal(unit, result, resource);
      const rule = (result.rule ?? 'all').replace(/^autogen-(?:cronjob-)?/, '');
      if (!unsure.has(ruleKey(unit, rule))) findings.push(finding);
    }
  }
  return { resource, findings: distinct(findings), matched: counted.length > 0, ...(error !== undefined && { error }) };
}

function ruleKey(unit: Unit, rule: string): string {
  return JSON.stringify([unit.document.file, unit.document.line, unit.document.name, rule]);
}

/** A probe speaks by refusing. One for unknown labels counts only where they are: cluster-scoped results have no namespace. */
function countsProbe(unit: Unit, result: ReportResult, batch: Batch): boolean {
  if (unit.purpose.kind !== 'probe') return true;
  if (result.result !== 'fail' && result.result !== 'error') return false;
  if (unit.purpose.for === 'all') return true;
  const { namespace } = result.resources[0];
  return namespace !== undefined && !batch.namespaceLabels.has(namespace);
}

function failure(unit: Unit, result: ReportResult, resource: Resource): GateError {
  const rule = result.rule === undefined ? '' : `/${result.rule}`;
  return invalid(unit.document, {
    message: `${policyLabel(unit.document)}${rule} can't be evaluated for ${resourceLabel(resource)}: ${withNames(result.message ?? 'no reason given', [unit]).slice(0, 500)}`,
    expected: 'pass or fail',
    next: 'Manifests are not defaulted here: let the policy ask with has() or a default before it reads an optional field.',
  });
}

function distinct(findings: readonly EngineFinding[]): readonly EngineFinding[] {
  return [
    ...new Map(findings.map((finding) => [JSON.stringify([finding.rule, finding.subject, finding.title]), finding])).values(),
  ];
}

function uncovered(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `Kyverno did not judge what it was given: ${what}`,
    expected: 'a result for every resource, and the planted one refused',
    next: 'Report it with the debug log: nothing may pass unseen.',
  });
}
