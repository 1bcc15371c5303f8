import path from 'node:path';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import { stringifyJson } from '../../model/json.ts';
import { nameLabel } from '../../model/label-selector.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { invalid } from '../policy-error.ts';
import { type Batch, identity } from './batches.ts';
import { type Canary, canaryPolicy, celCanaryPolicy, refusedRule, seenRule } from './canary.ts';
import { isInNamespaceOf, policyLabel } from './documents.ts';
import { indeterminate, refusal } from './findings.ts';
import { writeObjects } from './load.ts';
import type { PolicyCopy } from './policy-copies.ts';
import { apply, copyNamedIn, excerpt, type KyvernoContext, withNames } from './process.ts';
import { policyIdOf, type ReportResult, readResults } from './report.ts';

/** The result for one resource. Without findings and error, all policies passed or none matched. */
export interface Judgement {
  readonly resource: Resource;
  readonly findings: readonly EngineFinding[];
  readonly error?: GateError;
  /** Whether a policy matched it. */
  readonly matched: boolean;
}

/** Writes the folder of a batch's resources, including the planted one. */
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

/** Evaluates one batch with all validating policies. Throws if Kyverno did not see all resources, or missed the planted one. */
export async function validateBatch(
  context: KyvernoContext,
  batch: Batch,
  copies: readonly PolicyCopy[],
  canary: Canary,
  name: string,
): Promise<readonly Judgement[]> {
  const hasCel = copies.some((copy) => copy.language === 'cel');
  const planted = hasCel ? [canaryPolicy, celCanaryPolicy] : [canaryPolicy];
  const policies = Object.entries(canary.policies).filter(([policy]) => planted.includes(policy));
  await writeObjects(context, `${name}-policies`, Object.fromEntries(policies));
  await writeObjects(context, `${name}-policies`, Object.fromEntries(copies.map((copy) => [copy.id, copy.object])));
  const resources = await writeBatch(context, batch, name, canary);
  const values = await writeValues(context, batch, name);
  const args = [`${name}-policies`, '-r', resources, '-f', values, '-p', '--output-format', 'json'];
  const result = await apply(context, batch.resources.size, args);
  // 1 because of the planted resource; 0 or the "nothing judged" code means that it was not rejected, any other code is a crash.
  if (result.exitCode !== 1 || !result.stdout.includes('{"kind":"ClusterReport"')) throw noReport(result, copies);
  const results = readResults(result);
  requireCanary(results, canary, planted);
  return judge(batch, copies, results, canary);
}

export function noReport(result: Awaited<ReturnType<typeof apply>>, copies: readonly PolicyCopy[]): GateError {
  const words = excerpt(result, copies);
  const named = copyNamedIn(result, copies);
  const message = `kyverno ended with exit code ${result.exitCode ?? 'none'} and without a verdict: ${words}`;
  if (named !== undefined) return invalid(named.document, { message, next: 'Fix the policy.' });
  return new GateError('ENGINE_FAILED', { message, expected: 'exit code 1 (the planted resource is rejected) and a report' });
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
  if (missed !== undefined) throw uncovered(`${missed} did not reject exactly the planted resource`);
}

function judge(
  batch: Batch,
  copies: readonly PolicyCopy[],
  results: readonly ReportResult[],
  canary: Canary,
): readonly Judgement[] {
  const byResource = groupBy(results, (result) => identity(result.resources[0]));
  const byId = new Map(copies.map((copy) => [copy.id, copy]));
  requireKnown(results, byId, new Set([...batch.resources.keys(), plantedIdentity(canary)]));
  return [...batch.resources].map(([key, resource]) => {
    const own = byResource.get(key) ?? [];
    if (!own.some((result) => result.policy === canaryPolicy && result.rule === seenRule && result.result === 'pass')) {
      throw uncovered(`${resourceLabel(resource)} was not evaluated`);
    }
    return judgeResource(resource, own, byId, batch);
  });
}

/** The identity that Kyverno uses for the planted resource. */
export function plantedIdentity({ name }: Canary): string {
  return identity({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name });
}

/** A result that cannot be assigned to a resource would be a lost failure. */
function requireKnown(
  results: readonly ReportResult[],
  copies: ReadonlyMap<string, PolicyCopy>,
  resources: ReadonlySet<string>,
): void {
  for (const result of results) {
    const { kind, name } = result.resources[0];
    const policy = policyIdOf(result);
    if (policy !== canaryPolicy && policy !== celCanaryPolicy && !copies.has(policy))
      throw uncovered(`it reports on the unknown policy ${JSON.stringify(policy.slice(0, 100))}`);
    if (!resources.has(identity(result.resources[0])))
      throw uncovered(`it reports on the unknown ${kind.slice(0, 100)} ${JSON.stringify((name ?? '').slice(0, 200))}`);
  }
}

function judgeResource(
  resource: Resource,
  results: readonly ReportResult[],
  copies: ReadonlyMap<string, PolicyCopy>,
  batch: Batch,
): Judgement {
  const attributed = results.flatMap((result) => {
    const copy = copies.get(policyIdOf(result));
    // Kyverno's CLI (1.19.1) evaluates a NamespacedValidatingPolicy for every namespace.
    return copy === undefined || !isInNamespaceOf(copy.document, resource) ? [] : [{ copy, result }];
  });
  const counted = attributed.filter(({ copy, result }) => countsProbe(copy, result, batch));
  // If a rule depends on unknown labels, Kyverno's result is a guess.
  const unsure = new Set(
    counted.flatMap(({ copy }) => (copy.purpose.kind === 'probe' ? [ruleKey(copy, copy.purpose.rule)] : [])),
  );
  const findings: EngineFinding[] = [];
  let error: GateError | undefined;
  for (const { copy, result } of counted) {
    if (copy.purpose.kind === 'probe') findings.push(indeterminate(copy, copy.purpose.rule, copy.purpose.reason, resource));
    else if (result.result === 'error') error ??= failure(copy, result, resource);
    else if (result.result === 'fail' || result.result === 'warn') {
      const finding = refusal(copy, result, resource);
      const rule = (result.rule ?? 'all').replace(/^autogen-(?:cronjob-)?/, '');
      if (!unsure.has(ruleKey(copy, rule))) findings.push(finding);
    }
  }
  return { resource, findings: distinct(findings), matched: counted.length > 0, ...(error !== undefined && { error }) };
}

function ruleKey(copy: PolicyCopy, rule: string): string {
  return JSON.stringify([copy.document.file, copy.document.line, copy.document.name, rule]);
}

/** A probe signals by failing. A probe for unknown labels only counts if they are unknown: cluster-scoped results have no namespace. */
function countsProbe(copy: PolicyCopy, result: ReportResult, batch: Batch): boolean {
  if (copy.purpose.kind !== 'probe') return true;
  if (result.result !== 'fail' && result.result !== 'error') return false;
  if (copy.purpose.for === 'all') return true;
  const { namespace } = result.resources[0];
  return namespace !== undefined && !batch.namespaceLabels.has(namespace);
}

function failure(copy: PolicyCopy, result: ReportResult, resource: Resource): GateError {
  const rule = result.rule === undefined ? '' : `/${result.rule}`;
  return invalid(copy.document, {
    message: `${policyLabel(copy.document)}${rule} cannot be evaluated for ${resourceLabel(resource)}: ${withNames(result.message ?? 'no reason given', [copy]).slice(0, 500)}`,
    expected: 'pass or fail',
    next: 'The gate does not apply defaults of the API server: use has() or a default value before the policy reads an optional field.',
  });
}

function distinct(findings: readonly EngineFinding[]): readonly EngineFinding[] {
  return [
    ...new Map(findings.map((finding) => [JSON.stringify([finding.rule, finding.subject, finding.title]), finding])).values(),
  ];
}

function uncovered(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `the result of Kyverno is incomplete: ${what}`,
    expected: 'a result for every resource, and the planted one rejected',
    next: 'Report this as a bug with the debug log: nothing may pass without being evaluated.',
  });
}
