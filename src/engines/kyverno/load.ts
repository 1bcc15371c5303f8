import path from 'node:path';
import { objectAt } from '../../model/field-path.ts';
import { GateError } from '../../model/gate-error.ts';
import { type JsonObject, stringifyJson } from '../../model/json.ts';
import { invalid } from '../policy-error.ts';
import { type Canary, canaryPolicy, celCanaryPolicy, mutatingCanaryPolicy } from './canary.ts';
import { policyLabel } from './documents.ts';
import type { PolicyCopy } from './policy-copies.ts';
import { apply, copyNamedIn, excerpt, type KyvernoContext, withNames } from './process.ts';

const folder = 'check';
const canaryFile = `${folder}-resource.yaml`;

/** JSON is YAML, and our files have no anchors, duplicate keys or second document. */
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
 * Loads every policy once and counts rules. Kyverno drops a policy that it cannot read, prints "Applying 0 policy rule(s)" and exits with 0,
 * so that number has to match. Throws POLICY_INVALID with file and line of a dropped policy.
 */
export async function checkPolicies(context: KyvernoContext, copies: readonly PolicyCopy[], canary: Canary): Promise<void> {
  const { [canaryPolicy]: rules, [celCanaryPolicy]: cel, [mutatingCanaryPolicy]: mutating } = canary.policies;
  const planted = [rules, cel, mutating].filter((object) => object !== undefined);
  await writeObjects(context, folder, Object.fromEntries(copies.map((copy) => [copy.id, withoutAutogen(copy)])));
  await writeObjects(context, folder, Object.fromEntries(planted.map((object, index) => [`k8s-gate-canary-${index}`, object])));
  await context.ports.files.write(path.join(context.workdir, canaryFile), stringifyJson(canary.resource));
  const result = await apply(context, 1, [folder, '-r', canaryFile]);
  const skipped = skippedIn(result.stdout, copies);
  if (skipped !== undefined) throw refused(skipped.copy, skipped.reason, copies);
  const expected = copies.reduce((sum, copy) => sum + copy.rules, 0) + 4;
  const counted = countIn(result.stdout);
  // Exit code 1 means that the planted resource was rejected, any other that it was not.
  if (
    counted?.rules === expected &&
    counted.resources === 1 &&
    result.exitCode === 1 &&
    /^pass: \d+, fail: \d+/m.test(result.stdout)
  )
    return;
  if (counted?.rules !== expected) await findDropped(context, copies);
  const named = /^pass: \d+/m.test(result.stdout) ? undefined : copyNamedIn(result, copies);
  if (named !== undefined) throw refused(named, excerpt(result, copies), copies);
  throw new GateError('ENGINE_COVERAGE', {
    message: `Kyverno loaded ${counted?.rules ?? 0} of ${expected} rules (exit code ${result.exitCode ?? 'none'}): ${excerpt(result, copies)}`,
    expected: 'all rules to be loaded, and the planted resource to be rejected',
    next: 'Report this as a bug with the debug log; policies must not be dropped silently.',
  });
}

/** Rules that Kyverno generates for controllers would distort the count. */
function withoutAutogen(copy: PolicyCopy): JsonObject {
  if (copy.language === 'cel') return copy.object;
  const metadata = objectAt(copy.object, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), 'pod-policies.kyverno.io/autogen-controllers': 'none' };
  return { ...copy.object, metadata: { ...metadata, annotations } };
}

function countIn(stdout: string): { readonly rules: number; readonly resources: number } | undefined {
  const match = /^Applying (\d+) policy rule\(s\) to (\d+) resource\(s\)\.\.\.$/m.exec(stdout);
  return match === null ? undefined : { rules: Number(match[1]), resources: Number(match[2]) };
}

/** `Policies Skipped:` and `Invalid Policies:`, each followed by `1. name: reason`. */
function skippedIn(
  stdout: string,
  copies: readonly PolicyCopy[],
): { readonly copy: PolicyCopy; readonly reason: string } | undefined {
  for (const match of stdout.matchAll(/^\d+\. (k8s-gate-\S+?)(?:: (.*))?$/gm)) {
    const copy = copies.find((candidate) => candidate.id === match[1]);
    if (copy !== undefined) return { copy, reason: match[2] ?? 'no reason given' };
  }
  return undefined;
}

/** Loads each policy alone to find one that is dropped. Only called if the count did not match. */
async function findDropped(context: KyvernoContext, copies: readonly PolicyCopy[]): Promise<void> {
  for (const copy of copies) {
    const result = await apply(context, 1, [`${folder}/${copy.id}.yaml`, '-r', canaryFile, '-v', '3']);
    if (countIn(result.stdout)?.rules === copy.rules) continue;
    const why =
      /(?:skipping invalid YAML file|Non-fatal parsing error).*?error="?(.*)$/m.exec(result.stderr)?.[1] ??
      excerpt(result, copies);
    throw refused(copy, plain(why), copies);
  }
}

function plain(text: string): string {
  const colors = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
  return text.replaceAll(colors, '').slice(0, 500);
}

function refused(copy: PolicyCopy, reason: string, copies: readonly PolicyCopy[]): GateError {
  return invalid(copy.document, {
    message: `Kyverno rejects ${policyLabel(copy.document)}: ${withNames(reason, copies).replaceAll(/\s+/g, ' ')}`,
    expected: 'a policy that this version of Kyverno loads and compiles',
    next: 'Fix the policy; `kyverno apply` on this file alone shows the same error.',
  });
}
