import path from 'node:path';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { areasOf, changedAreas } from './areas.ts';
import { type Batch, identity } from './batches.ts';
import { type Canary, canaryAnnotation, mutatingCanaryPolicy } from './canary.ts';
import { diff } from './diff.ts';
import { invalid, objectAt, policyLabel } from './documents.ts';
import { mutation } from './findings.ts';
import { writeObjects } from './load.ts';
import { apply, type KyvernoContext } from './process.ts';
import { policyIdOf, type ReportResult, readResults } from './report.ts';
import type { Unit } from './units.ts';
import { type Judgement, noReport, plantedIdentity, writeBatch, writeValues } from './validate.ts';

type Written = ReadonlyMap<string, readonly JsonObject[]>;

/**
 * Runs what mutates over a batch. Each is judged by what it makes of the manifest as it is: patches found after one another would not fit
 * it. But a run of Kyverno takes more than a second, whatever it has to do. So all rules share the first, in which each finds what it looks at as
 * it is until one has changed that; for what comes after that one, the rule runs again, alone.
 */
export async function mutateBatch(
  context: KyvernoContext,
  batch: Batch,
  units: readonly Unit[],
  canary: Canary,
  name: string,
): Promise<readonly Judgement[]> {
  // Kyverno runs a MutatingPolicy after all rules, wherever it stands.
  // Those that may look at anything come first, when least has been changed.
  const rules = units
    .filter((unit) => unit.language === 'rules')
    .toSorted((a, b) => Number(isConfined(a)) - Number(isConfined(b)));
  const first = rules.length > 1 ? await mutate(context, batch, rules, canary, name) : undefined;
  const judgements = [...(first?.judgements ?? [])];
  for (const unit of units) {
    const resources = first !== undefined && rules.includes(unit) ? first.left.get(unit) : batch.resources;
    if (resources === undefined) continue;
    const alone = await mutate(context, { ...batch, resources }, [unit], canary, `${name}-${unit.id}`);
    if (alone.left.size > 0) throw missing(`${alone.left.size} resource(s)`);
    judgements.push(...alone.judgements);
  }
  return judgements;
}

function isConfined(unit: Unit): boolean {
  return areasOf(unit) !== undefined;
}

interface Mutated {
  readonly judgements: readonly Judgement[];
  /** The resources of which it is not known what a rule would make of them. */
  readonly left: ReadonlyMap<Unit, Batch['resources']>;
}

/** One run. The planted policy stands before all others and writes each resource as Kyverno reads it; each other writes it once more. */
async function mutate(
  context: KyvernoContext,
  batch: Batch,
  units: readonly Unit[],
  canary: Canary,
  name: string,
): Promise<Mutated> {
  const planted = canary.policies[mutatingCanaryPolicy];
  const folder = `${name}-policies`;
  await writeObjects(context, folder, {
    ...(planted !== undefined && { '0-canary': planted }),
    ...Object.fromEntries(units.map((unit) => [unit.id, unit.object])),
  });
  const resources = await writeBatch(context, batch, name, canary);
  const values = await writeValues(context, batch, name);
  const output = `${name}-output.yaml`;
  const policies = ['0-canary', ...units.map(({ id }) => id)].map((file) => `${folder}/${file}.yaml`);
  const result = await apply(context, batch.resources.size, [
    ...[...policies, '-r', resources, '-f', values],
    ...['-o', output, '-p', '--output-format', 'json'],
  ]);
  // 1: a rule failed on some resource, which the report names. The planted policy passes, so "nothing judged" can't be right.
  if ((result.exitCode !== 0 && result.exitCode !== 1) || !result.stdout.includes('{"kind":"ClusterReport"'))
    throw noReport(result, units);
  const written = await readWritten(context, output);
  requirePlanted(written, canary);
  return judge(batch, units, readResults(result), written);
}

function judge(batch: Batch, units: readonly Unit[], results: readonly ReportResult[], written: Written): Mutated {
  const said = new Map<string, ReportResult[]>();
  for (const result of results) {
    const key = saidKey(policyIdOf(result), identity(result.resources[0]));
    said.set(key, [...(said.get(key) ?? []), result]);
  }
  const looksAt = new Map(units.map((unit) => [unit, areasOf(unit)]));
  const judgements: Judgement[] = [];
  const left = new Map<Unit, Map<string, Resource>>();
  for (const [key, resource] of batch.resources) {
    const versions = written.get(key) ?? [];
    if (versions.length === 0) throw missing(resourceLabel(resource));
    const isFailed = units.some((unit) => said.get(saidKey(unit.id, key))?.some(isFailure));
    // One each, as far as none failed, or they could not be told apart.
    const isWhole = isFailed ? versions.length <= units.length : versions.length === units.length + 1;
    const changed: Changed = { areas: new Set(), all: units.length > 1 && !isWhole };
    for (const [index, unit] of units.entries()) {
      const own = said.get(saidKey(unit.id, key)) ?? [];
      const failed = own.find(isFailure);
      // A MutatingPolicy, which runs alone, writes what it is about twice.
      const isRule = unit.language === 'rules';
      const [before, after] = isRule ? [versions[index], versions[index + 1]] : [versions[0], versions.at(-1)];
      if (isTouched(looksAt.get(unit), changed) || before === undefined || (after === undefined && failed === undefined)) {
        left.set(unit, (left.get(unit) ?? new Map<string, Resource>()).set(key, resource));
        continue;
      }
      const findings = failed === undefined && after !== undefined ? changes(unit, before, after, resource) : [];
      if (failed !== undefined) changed.all = true;
      for (const area of findings.flatMap(({ fix }) => changedAreas(fix?.patch ?? []))) changed.areas.add(area);
      if (changed.areas.has('')) changed.all = true;
      const error = failed === undefined ? {} : { error: failure(unit, failed.message, resource) };
      judgements.push({ resource, findings, matched: own.length > 0, ...error });
    }
  }
  return { judgements, left };
}

function isFailure({ result }: ReportResult): boolean {
  return result !== 'pass' && result !== 'skip';
}

/** Of one resource, by the rules so far. */
interface Changed {
  /** Top-level fields. */
  readonly areas: Set<string>;
  /** Where it can't be told what a rule changed. */
  all: boolean;
}

/** Whether something that the rule may look at is no longer as in the manifest. */
function isTouched(own: ReadonlySet<string> | undefined, { areas, all }: Changed): boolean {
  return all || (own === undefined ? areas.size > 0 : [...own].some((area) => areas.has(area)));
}

function saidKey(unit: string, resource: string): string {
  return `${unit} ${resource}`;
}

function changes(unit: Unit, before: JsonObject, after: JsonObject, resource: Resource): readonly EngineFinding[] {
  const patch = diff(before, after);
  const rule = unit.purpose.kind === 'mutate' ? unit.purpose.rule : '';
  return patch.length === 0 ? [] : [mutation(unit, rule, patch, resource)];
}

/** Each resource as often as a policy wrote it, in that order. */
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
    const versions = written.get(key);
    if (versions === undefined) written.set(key, [value]);
    else versions.push(value);
  }
  return written;
}

function parseWritten(file: string, text: string): readonly JsonValue[] {
  try {
    return parseYaml({ file, text }).map((document) => document.value);
  } catch (cause) {
    throw new GateError('ENGINE_OUTPUT_INVALID', { message: 'the resources that Kyverno wrote are no YAML', cause });
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
    next: 'Report it with the debug log.',
  });
}

function failure(unit: Unit, message: string | undefined, resource: Resource): GateError {
  return invalid(unit.document, {
    message: `${policyLabel(unit.document)} can't be applied to ${resourceLabel(resource)}: ${(message ?? 'no reason given').slice(0, 500)}`,
    next: 'Mend the mutating rule.',
  });
}
