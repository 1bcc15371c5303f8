import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { type JsonObject, stringifyJson } from '../../model/json.ts';
import { type Canary, canaryPolicy, celCanaryPolicy, mutatingCanaryPolicy } from './canary.ts';
import { invalid, objectAt, policyLabel } from './documents.ts';
import { apply, excerpt, type KyvernoContext, unitNamedIn, withNames } from './process.ts';
import type { Unit } from './units.ts';

const folder = 'check';
const canaryFile = `${folder}-resource.yaml`;

/** JSON is YAML; a file of ours has no anchors, duplicate keys or second document. */
export async function writeObjects(
  context: KyvernoContext,
  into: string,
  objects: Readonly<Record<string, JsonObject>>,
): Promise<void> {
  for (const [name, object] of Object.entries(objects)) {
    await context.ports.files.write(path.join(context.workdir, into, `${name}.yaml`), stringifyJson(object));
  }
}

/**
 * Loads every policy once and counts. Kyverno drops a policy that it can't read, says "Applying 0 policy rule(s)" and exits 0:
 * so each rule that was given has to be in that number. Throws POLICY_INVALID with file and line of the one that was dropped.
 */
export async function checkPolicies(context: KyvernoContext, units: readonly Unit[], canary: Canary): Promise<void> {
  const { [canaryPolicy]: rules, [celCanaryPolicy]: cel, [mutatingCanaryPolicy]: mutating } = canary.policies;
  const planted = [rules, cel, mutating].filter((object) => object !== undefined);
  await writeObjects(context, folder, Object.fromEntries(units.map((unit) => [unit.id, withoutAutogen(unit)])));
  await writeObjects(context, folder, Object.fromEntries(planted.map((object, index) => [`k8s-gate-canary-${index}`, object])));
  await context.ports.files.write(path.join(context.workdir, canaryFile), stringifyJson(canary.resource));
  const result = await apply(context, 1, [folder, '-r', canaryFile]);
  const skipped = skippedIn(result.stdout, units);
  if (skipped !== undefined) throw refused(skipped.unit, skipped.reason, units);
  const expected = units.reduce((sum, unit) => sum + unit.rules, 0) + 4;
  const counted = countIn(result.stdout);
  // Exit code 1: the planted resource was refused. Anything else means that it was not.
  if (
    counted?.rules === expected &&
    counted.resources === 1 &&
    result.exitCode === 1 &&
    /^pass: \d+, fail: \d+/m.test(result.stdout)
  )
    return;
  if (counted?.rules !== expected) await findDropped(context, units);
  const named = /^pass: \d+/m.test(result.stdout) ? undefined : unitNamedIn(result, units);
  if (named !== undefined) throw refused(named, excerpt(result, units), units);
  throw new GateError('ENGINE_COVERAGE', {
    message: `Kyverno loaded ${counted?.rules ?? 0} of ${expected} rules (exit code ${result.exitCode ?? 'none'}): ${excerpt(result, units)}`,
    expected: 'every rule that it was given to be loaded, and the planted resource refused',
    next: 'Report it with the debug log: no policy may be dropped unseen.',
  });
}

/** Rules that Kyverno generates for controllers would blur the count. */
function withoutAutogen(unit: Unit): JsonObject {
  if (unit.language === 'cel') return unit.object;
  const metadata = objectAt(unit.object, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), 'pod-policies.kyverno.io/autogen-controllers': 'none' };
  return { ...unit.object, metadata: { ...metadata, annotations } };
}

function countIn(stdout: string): { readonly rules: number; readonly resources: number } | undefined {
  const match = /^Applying (\d+) policy rule\(s\) to (\d+) resource\(s\)\.\.\.$/m.exec(stdout);
  return match === null ? undefined : { rules: Number(match[1]), resources: Number(match[2]) };
}

/** `Policies Skipped:` and `Invalid Policies:`, each followed by `1. name: reason`. */
function skippedIn(stdout: string, units: readonly Unit[]): { readonly unit: Unit; readonly reason: string } | undefined {
  for (const match of stdout.matchAll(/^\d+\. (k8s-gate-\S+?)(?:: (.*))?$/gm)) {
    const unit = units.find((candidate) => candidate.id === match[1]);
    if (unit !== undefined) return { unit, reason: match[2] ?? 'no reason given' };
  }
  return undefined;
}

/** Each policy alone, until one is not loaded. Only after a count that did not add up. */
async function findDropped(context: KyvernoContext, units: readonly Unit[]): Promise<void> {
  for (const unit of units) {
    const result = await apply(context, 1, [`${folder}/${unit.id}.yaml`, '-r', canaryFile, '-v', '3']);
    if (countIn(result.stdout)?.rules === unit.rules) continue;
    const why =
      /(?:skipping invalid YAML file|Non-fatal parsing error).*?error="?(.*)$/m.exec(result.stderr)?.[1] ??
      excerpt(result, units);
    throw refused(unit, plain(why), units);
  }
}

function plain(text: string): string {
  const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  return text.replaceAll(colours, '').slice(0, 500);
}

function refused(unit: Unit, reason: string, units: readonly Unit[]): GateError {
  return invalid(unit.document, {
    message: `Kyverno does not take ${policyLabel(unit.document)}: ${withNames(reason, units).replaceAll(/\s+/g, ' ')}`,
    expected: 'a policy that this version of Kyverno loads and compiles',
    next: 'Mend it; `kyverno apply` on this file alone shows the same.',
  });
}
