import path from 'node:path';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type Batch, identity } from './batches.ts';
import { type Canary, canaryAnnotation, mutatingCanaryPolicy } from './canary.ts';
import { diff } from './diff.ts';
import { invalid, objectAt, policyLabel } from './documents.ts';
import { mutation } from './findings.ts';
import { writeObjects } from './load.ts';
import { apply, type KyvernoContext } from './process.ts';
import { readResults } from './report.ts';
import type { Unit } from './units.ts';
import { type Judgement, noReport, plantedIdentity, writeBatch, writeValues } from './validate.ts';

/**
 * Runs one mutating rule over a batch. The planted policy stands before it and writes each resource as Kyverno reads it; the
 * rule writes it once more: the difference of the two is the rule's own doing. Alone, since rules after one another would not
 * give patches that fit the manifest.
 */
export async function mutateBatch(
  context: KyvernoContext,
  batch: Batch,
  unit: Unit,
  canary: Canary,
  name: string,
): Promise<readonly Judgement[]> {
  const planted = canary.policies[mutatingCanaryPolicy];
  await writeObjects(context, `${name}-policies`, {
    ...(planted !== undefined && { '0-canary': planted }),
    '1-rule': unit.object,
  });
  const resources = await writeBatch(context, batch, name, canary);
  const values = await writeValues(context, batch, name);
  const output = `${name}-output.yaml`;
  const folder = `${name}-policies`;
  const result = await apply(context, [
    ...[`${folder}/0-canary.yaml`, `${folder}/1-rule.yaml`, '-r', resources, '-f', values],
    ...['-o', output, '-p', '--output-format', 'json'],
  ]);
  // 1: the rule failed on some resource, which the report names. The planted policy passes, so "nothing judged" can't be right.
  if ((result.exitCode !== 0 && result.exitCode !== 1) || !result.stdout.includes('{"kind":"ClusterReport"'))
    throw noReport(result, [unit]);
  const results = readResults(result).filter((entry) => entry.policy.endsWith(unit.id));
  const written = await readWritten(context, output);
  requirePlanted(written, canary);
  return [...batch.resources].map(([key, resource]) => {
    const own = results.filter((entry) => identity(entry.resources[0]) === key);
    const failed = own.find((entry) => entry.result !== 'pass' && entry.result !== 'skip');
    const versions = written.get(key) ?? [];
    if (versions.length === 0) throw missing(resourceLabel(resource));
    const found = failed === undefined ? changes(unit, versions, resource) : [];
    return {
      resource,
      findings: found,
      matched: own.length > 0,
      ...(failed !== undefined && { error: failure(unit, failed.message, resource) }),
    };
  });
}

function changes(unit: Unit, versions: readonly JsonObject[], resource: Resource): readonly EngineFinding[] {
  const patch = diff(versions[0] ?? {}, versions.at(-1) ?? {});
  const rule = unit.purpose.kind === 'mutate' ? unit.purpose.rule : '';
  return patch.length === 0 ? [] : [mutation(unit, rule, patch, resource)];
}

/** Each resource as often as a policy wrote it, in that order. */
async function readWritten(context: KyvernoContext, file: string): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
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
    written.set(key, [...(written.get(key) ?? []), value]);
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

function requirePlanted(written: ReadonlyMap<string, readonly JsonObject[]>, canary: Canary): void {
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
