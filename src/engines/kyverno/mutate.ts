import path from 'node:path';
import { objectAt } from '../../model/field-path.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { addTo, groupBy } from '../../model/group.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { diff } from '../../model/json-diff.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { invalid } from '../policy-error.ts';
import { areasOf, changedAreas } from './areas.ts';
import { type Batch, identity } from './batches.ts';
import { type Canary, canaryAnnotation, mutatingCanaryPolicy } from './canary.ts';
import { policyLabel } from './documents.ts';
import { mutation } from './findings.ts';
import { writeObjects } from './load.ts';
import type { PolicyCopy } from './policy-copies.ts';
import { apply, type KyvernoContext } from './process.ts';
import { policyIdOf, type ReportResult, readResults } from './report.ts';
import { type Judgement, noReport, plantedIdentity, writeBatch, writeValues } from './validate.ts';

type Written = ReadonlyMap<string, readonly JsonObject[]>;

/**
 * Runs mutating rules on a batch. Each rule has to see the original manifest, because consecutive patches would not apply to it. But a run of
 * Kyverno takes more than a second, regardless of its input. So all rules share the first run, in which a rule's result is valid as long as
 * no earlier rule changed a field that it depends on; otherwise the rule runs again, alone.
 */
export async function mutateBatch(
  context: KyvernoContext,
  batch: Batch,
  copies: readonly PolicyCopy[],
  canary: Canary,
  name: string,
): Promise<readonly Judgement[]> {
  // Kyverno runs a MutatingPolicy after all rules, regardless of its position.
  // Rules that may read anything come first, when the fewest fields have changed.
  const rules = copies
    .filter((copy) => copy.language === 'rules')
    .toSorted((a, b) => Number(isConfined(a)) - Number(isConfined(b)));
  const first = rules.length > 1 ? await mutate(context, batch, rules, canary, name) : undefined;
  const judgements = [...(first?.judgements ?? [])];
  for (const copy of copies) {
    const resources = first !== undefined && rules.includes(copy) ? first.left.get(copy) : batch.resources;
    if (resources === undefined) continue;
    const alone = await mutate(context, { ...batch, resources }, [copy], canary, `${name}-${copy.id}`);
    if (alone.left.size > 0) throw missing(`${alone.left.size} resource(s)`);
    judgements.push(...alone.judgements);
  }
  return judgements;
}

function isConfined(copy: PolicyCopy): boolean {
  return areasOf(copy) !== undefined;
}

interface Mutated {
  readonly judgements: readonly Judgement[];
  /** Resources for which the result of a rule is still unknown. */
  readonly left: ReadonlyMap<PolicyCopy, Batch['resources']>;
}

/** One run. The planted policy comes first and writes each resource as Kyverno reads it; each other policy writes it once more. */
async function mutate(
  context: KyvernoContext,
  batch: Batch,
  copies: readonly PolicyCopy[],
  canary: Canary,
  name: string,
): Promise<Mutated> {
  const planted = canary.policies[mutatingCanaryPolicy];
  const folder = `${name}-policies`;
  await writeObjects(context, folder, {
    ...(planted !== undefined && { '0-canary': planted }),
    ...Object.fromEntries(copies.map((copy) => [copy.id, copy.object])),
  });
  const resources = await writeBatch(context, batch, name, canary);
  const values = await writeValues(context, batch, name);
  const output = `${name}-output.yaml`;
  const policies = ['0-canary', ...copies.map(({ id }) => id)].map((file) => `${folder}/${file}.yaml`);
  const result = await apply(context, batch.resources.size, [
    ...[...policies, '-r', resources, '-f', values],
    ...['-o', output, '-p', '--output-format', 'json'],
  ]);
  // 1: a rule failed on some resource, which is in the report. The planted policy passes, so "nothing judged" would be wrong.
  if ((result.exitCode !== 0 && result.exitCode !== 1) || !result.stdout.includes('{"kind":"ClusterReport"'))
    throw noReport(result, copies);
  const written = await readWritten(context, output);
  requirePlanted(written, canary);
  return judge(batch, copies, readResults(result), written);
}

function judge(batch: Batch, copies: readonly PolicyCopy[], results: readonly ReportResult[], written: Written): Mutated {
  const byKey = groupBy(results, (result) => resultKey(policyIdOf(result), identity(result.resources[0])));
  const looksAt = new Map(copies.map((copy) => [copy, areasOf(copy)]));
  const judgements: Judgement[] = [];
  const left = new Map<PolicyCopy, Map<string, Resource>>();
  for (const [key, resource] of batch.resources) {
    const versions = written.get(key) ?? [];
    if (versions.length === 0) throw missing(resourceLabel(resource));
    const isFailed = copies.some((copy) => byKey.get(resultKey(copy.id, key))?.some(isFailure));
    // One version per rule, unless one failed; otherwise versions cannot be assigned to rules.
    const isWhole = isFailed ? versions.length <= copies.length : versions.length === copies.length + 1;
    const changed: Changed = { areas: new Set(), all: copies.length > 1 && !isWhole };
    for (const [index, copy] of copies.entries()) {
      const own = byKey.get(resultKey(copy.id, key)) ?? [];
      const failed = own.find(isFailure);
      // A MutatingPolicy, which runs alone, writes what it is about twice.
      const isRule = copy.language === 'rules';
      const [before, after] = isRule ? [versions[index], versions[index + 1]] : [versions[0], versions.at(-1)];
      if (isTouched(looksAt.get(copy), changed) || before === undefined || (after === undefined && failed === undefined)) {
        left.set(copy, (left.get(copy) ?? new Map<string, Resource>()).set(key, resource));
        continue;
      }
      const findings = failed === undefined && after !== undefined ? changes(copy, before, after, resource) : [];
      if (failed !== undefined) changed.all = true;
      for (const area of findings.flatMap(({ fix }) => changedAreas(fix?.patch ?? []))) changed.areas.add(area);
      if (changed.areas.has('')) changed.all = true;
      const error = failed === undefined ? {} : { error: failure(copy, failed.message, resource) };
      judgements.push({ resource, findings, matched: own.length > 0, ...error });
    }
  }
  return { judgements, left };
}

function isFailure({ result }: ReportResult): boolean {
  return result !== 'pass' && result !== 'skip';
}

/** Changes of one resource by the rules so far. */
interface Changed {
  /** Top-level fields. */
  readonly areas: Set<string>;
  /** Set if the changes of a rule are unknown. */
  all: boolean;
}

/** Whether a field that the rule may read was changed. */
function isTouched(own: ReadonlySet<string> | undefined, { areas, all }: Changed): boolean {
  return all || (own === undefined ? areas.size > 0 : [...own].some((area) => areas.has(area)));
}

function resultKey(copy: string, resource: string): string {
  return `${copy} ${resource}`;
}

function changes(copy: PolicyCopy, before: JsonObject, after: JsonObject, resource: Resource): readonly EngineFinding[] {
  const patch = diff(before, after);
  const rule = copy.purpose.kind === 'mutate' ? copy.purpose.rule : '';
  return patch.length === 0 ? [] : [mutation(copy, rule, patch, resource)];
}

/** All versions of each resource, in the order in which policies wrote them. */
async function readWritten(context: KyvernoContext, file: string): Promise<Written> {
  const text = await context.ports.files.readText(path.join(context.workdir, file));
  const written = new Map<string, JsonObject[]>();
  for (const value of parseWritten(file, text)) {
    if (!isObject(value)) continue;
    const metadata = objectAt(value, 'metadata');
    const key = identity({
      apiVersion: String(value.apiVersion),
      kind: String(value.kind),
      namespace: textOf(metadata.namespace),
      name: textOf(metadata.name),
    });
    addTo(written, key, value);
  }
  return written;
}

function parseWritten(file: string, text: string): readonly JsonValue[] {
  try {
    return parseYaml({ file, text }).map((document) => document.value);
  } catch (cause) {
    throw new GateError('ENGINE_OUTPUT_INVALID', { message: 'the resources that Kyverno wrote are not valid YAML', cause });
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function requirePlanted(written: Written, canary: Canary): void {
  const own = written.get(plantedIdentity(canary));
  const annotations = objectAt(objectAt(own?.[0], 'metadata'), 'annotations');
  if (annotations[canaryAnnotation] !== canary.name) throw missing('the planted resource');
}

function missing(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `Kyverno did not run a mutating rule on ${what}`,
    expected: 'every resource to be written back',
    next: 'Report this as a bug with the debug log.',
  });
}

function failure(copy: PolicyCopy, message: string | undefined, resource: Resource): GateError {
  return invalid(copy.document, {
    message: `${policyLabel(copy.document)} cannot be applied to ${resourceLabel(resource)}: ${(message ?? 'no reason given').slice(0, 500)}`,
    next: 'Fix the mutating rule.',
  });
}
