import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import { isModule, mergedData } from './data.ts';
import { policyProblem, problemsOf } from './errors.ts';
import { envelopeIn, refuseGatekeeperInput, refuseOtherInput } from './gatekeeper-input.ts';
import { type MissingData, missingDataOf } from './missing-data.ts';
import { type JudgingRule, judgingRules, moduleSchema, type PolicyModule, packagePathOf } from './modules.ts';
import { excerpt, invalidOutput, type OpaContext, parseOutput, regoFlags, runOpa } from './process.ts';

/** Compiled policies and their rules. */
export interface LoadedPolicies {
  /** Folder of the copies, relative to the engine's own folder. */
  readonly folder: string;
  /** File name of a copy, as in OPA's messages -> the policy. */
  readonly files: ReadonlyMap<string, PolicyFile>;
  readonly rules: readonly JudgingRule[];
  /** Rules that read data defined nowhere. */
  readonly missing: ReadonlyMap<JudgingRule, readonly MissingData[]>;
  /** `data` of the rules, apart from what the policies define. */
  readonly data: JsonObject;
  readonly notes: readonly string[];
}

const folder = 'policies';
/** Reserved for the gate: a policy in such a package could forge results of the gate's own rules. */
const reserved = /^k8s_gate/;

/** Compiles every policy against `capabilities`. Throws POLICY_INVALID with file and line at the first that does not compile. */
export async function loadPolicies(
  context: OpaContext,
  found: readonly PolicyFile[],
  capabilities: string,
): Promise<LoadedPolicies> {
  const policies = found.filter(isModule);
  const files = new Map(policies.map((policy, index) => [`${folder}/${String(index).padStart(4, '0')}.rego`, policy]));
  for (const [file, policy] of files) await context.ports.files.write(path.join(context.workdir, file), policy.text);
  await check(context, files, capabilities);
  const modules: PolicyModule[] = [];
  for (const [file, policy] of files) modules.push(await parse(context, file, policy, files));
  refuseReserved(modules);
  const all = judgingRules(modules);
  const rules = all.filter((rule) => context.options.namespaces?.includes(rule.packageName) ?? true);
  if (rules.length === 0) throw noRules(policies, all);
  refuseGatekeeperInput(rules, modules);
  refuseOtherInput(rules, modules, context.options.combine);
  const data = mergedData(
    context.options.data,
    found.filter((file) => !isModule(file)),
  );
  const missing = rules.map((rule) => [rule, missingDataOf(rule, modules, data)] as const);
  return {
    folder,
    files,
    rules,
    data,
    missing: new Map(missing.filter(([, found]) => found.length > 0)),
    notes: notesOn(modules, all, rules),
  };
}

async function check(context: OpaContext, files: ReadonlyMap<string, PolicyFile>, capabilities: string): Promise<void> {
  const strict = context.options.strict ? ['--strict'] : [];
  const flags = ['--capabilities', capabilities, '--format', 'json', ...regoFlags(context.options)];
  const result = await runOpa(context, ['check', ...strict, ...flags, folder]);
  if (result.exitCode !== 0) throw policyProblem(problemsOf(result), files, result);
}

async function parse(
  context: OpaContext,
  file: string,
  policy: PolicyFile,
  files: ReadonlyMap<string, PolicyFile>,
): Promise<PolicyModule> {
  const flags = ['--format', 'json', '--json-include', 'locations,-comments', ...regoFlags(context.options)];
  const result = await runOpa(context, ['parse', ...flags, file]);
  if (result.exitCode !== 0) throw policyProblem(problemsOf(result), files, result);
  const parsed = moduleSchema.safeParse(parseOutput(result, 'parse'));
  if (!parsed.success)
    throw invalidOutput('parse', `${excerpt(result)}: ${schemaProblem(parsed.error, { whole: 'the output' })}`);
  return { policy, module: parsed.data };
}

function refuseReserved(modules: readonly PolicyModule[]): void {
  const found = modules.find(({ module }) => reserved.test(packagePathOf(module)[0] ?? ''));
  if (found === undefined) return;
  throw new GateError('POLICY_INVALID', {
    file: found.policy.file,
    message: `the package ${packagePathOf(found.module).join('.')} is reserved`,
    expected: 'a package whose name does not start with k8s_gate',
    next: 'Rename the package.',
  });
}

function noRules(policies: readonly PolicyFile[], all: readonly JudgingRule[]): GateError {
  const packages = [...new Set(all.map((rule) => rule.packageName))].join(', ');
  const found = all.length === 0 ? 'no such rule was found' : `\`engines.opa.namespaces\` leaves out ${packages}`;
  return new GateError('POLICY_INVALID', {
    ...(policies[0] !== undefined && { file: policies[0].file }),
    message: `no deny, violation or warn rule in ${policies.length} Rego file(s): ${found}`,
    expected: 'a rule named deny, violation or warn (or deny_…, violation_…, warn_…)',
    next: 'Rename the rules, or disable `engines.opa`.',
  });
}

function notesOn(modules: readonly PolicyModule[], all: readonly JudgingRule[], used: readonly JudgingRule[]): readonly string[] {
  const judging = new Set(all.map((rule) => rule.packageName));
  const helpers = modules.filter(
    ({ module }) =>
      !judging.has(packagePathOf(module).join('.')) &&
      !(module.rules ?? []).some((rule) => String(rule.head.ref[0]?.value).startsWith('test_')),
  );
  const leftOut = [...new Set(all.filter((rule) => !used.includes(rule)).map((rule) => rule.packageName))];
  const reading = (envelope: string) => modules.filter((module) => envelopeIn(module) === envelope);
  const [gatekeeper, webhook] = [reading('input.review'), reading('input.request')];
  const exceptions = modules.filter(({ module }) => (module.rules ?? []).some(({ head }) => head.ref[0]?.value === 'exception'));
  return [
    ...(helpers.length > 0 ? [`no deny, violation or warn rule in ${named(helpers)}`] : []),
    ...(leftOut.length > 0 ? [`packages left out by \`engines.opa.namespaces\`: ${leftOut.join(', ')}`] : []),
    ...(gatekeeper.length > 0 ? [`uses Gatekeeper's input.review, but here input is the resource: ${named(gatekeeper)}`] : []),
    ...(webhook.length > 0
      ? [`uses input.request of an AdmissionReview, but here input is the resource: ${named(webhook)}`]
      : []),
    ...(exceptions.length > 0
      ? [
          `the \`exception\` rules of conftest are not honored, so what they exempt is reported: ${named(exceptions)}; use waivers`,
        ]
      : []),
  ];
}

function named(modules: readonly PolicyModule[]): string {
  return modules.map(({ policy }) => policy.file).join(', ');
}
