import * as z from 'zod';
import { addTo } from '../../model/group.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';

/** The part of `opa parse --format json --json-include locations,-comments` that is read. */
export const moduleSchema = z.looseObject({
  package: z.looseObject({ path: z.array(z.looseObject({ value: z.string() })).min(1) }),
  annotations: z.array(z.unknown()).optional(),
  imports: z.unknown().optional(),
  rules: z
    .array(
      z.looseObject({
        annotations: z.array(z.unknown()).optional(),
        head: z.looseObject({
          ref: z.array(z.looseObject({ type: z.string(), value: z.unknown() })).min(1),
          args: z.array(z.unknown()).optional(),
          key: z.unknown().optional(),
        }),
        location: z.looseObject({ row: z.number() }),
      }),
    )
    .optional(),
});
export type ParsedModule = z.infer<typeof moduleSchema>;

/** The METADATA fields that the gate uses: https://www.openpolicyagent.org/docs/policy-language#metadata */
const annotationSchema = z.looseObject({
  scope: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  related_resources: z.array(z.looseObject({ ref: z.string() })).optional(),
  custom: z.looseObject({ severity: z.unknown(), id: z.unknown() }).partial().optional(),
});
type Annotation = z.infer<typeof annotationSchema>;

/** A judging rule: all definitions with the same name. */
export interface JudgingRule {
  /** `shop.images`. */
  readonly packageName: string;
  readonly packagePath: readonly string[];
  /** `deny_registry`, or with dots as in the rule head: `deny.registry`. */
  readonly name: string;
  readonly namePath: readonly string[];
  readonly severity: Severity;
  readonly title?: string;
  readonly description?: string;
  readonly id?: string;
  readonly helpUrl?: string;
  /** The location of its first definition. */
  readonly file: string;
  readonly line: number;
  /** Defined with `contains`: it always has a value, at least the empty set, so a missing value is an error. */
  readonly isSet: boolean;
}

/** Conftest's names: https://www.conftest.dev/#evaluating-policies */
const judgingName = /^(deny|violation|warn)(_[A-Za-z0-9]+)*$/;

export type RuleNode = NonNullable<ParsedModule['rules']>[number];

export function packagePathOf(module: ParsedModule): readonly string[] {
  return module.package.path.slice(1).map((step) => step.value);
}

/** A policy file as parsed by OPA. */
export interface PolicyModule {
  readonly policy: PolicyFile;
  readonly module: ParsedModule;
}
interface Definition {
  readonly rule: RuleNode;
  readonly policy: PolicyFile;
  readonly module: ParsedModule;
}

/** The judging rules of all files: definitions with one name in one package are one rule, even in several files. */
export function judgingRules(modules: readonly PolicyModule[]): readonly JudgingRule[] {
  const byName = new Map<string, Definition[]>();
  for (const { policy, module } of modules) {
    for (const rule of module.rules ?? []) {
      if (rule.head.args !== undefined || !judgingName.test(String(rule.head.ref[0]?.value))) continue;
      addTo(byName, JSON.stringify([packagePathOf(module), namePathOf(rule)]), { rule, policy, module });
    }
  }
  return [...byName.values()].flatMap(([first, ...rest]) => (first === undefined ? [] : [judgingRule(first, [first, ...rest])]));
}

function judgingRule(first: Definition, definitions: readonly Definition[]): JudgingRule {
  const packagePath = packagePathOf(first.module);
  const namePath = namePathOf(first.rule);
  const name = namePath.join('.');
  const own = ownAnnotation(definitions);
  const inherited = definitions
    .flatMap((entry) => annotationsOf(entry.module.annotations))
    .find((entry) => entry.scope === 'package');
  const id = own?.custom?.id;
  const helpUrl = own?.related_resources?.find((entry) => entry.ref.startsWith('https://'))?.ref;
  return {
    packageName: packagePath.join('.'),
    packagePath,
    name,
    namePath,
    severity: severityOf(name, [own, inherited]),
    ...(own?.title !== undefined && { title: own.title }),
    ...(own?.description !== undefined && { description: own.description }),
    ...(typeof id === 'string' && { id }),
    ...(helpUrl !== undefined && { helpUrl }),
    file: first.policy.file,
    line: first.rule.location.row,
    isSet: definitions.some((entry) => entry.rule.head.key !== undefined && namePath.length === entry.rule.head.ref.length),
  };
}

/** `deny.registry contains msg` is the rule deny.registry; parts after the first variable are keys of its value. */
function namePathOf(rule: RuleNode): readonly string[] {
  const steps = rule.head.ref;
  const end = steps.findIndex((step, index) => index > 0 && step.type !== 'string');
  return steps.slice(0, end < 0 ? undefined : end).map((step) => String(step.value));
}

/** METADATA only applies if there is a single definition: OPA returns the results of all definitions as one set. */
function ownAnnotation(definitions: readonly Definition[]): Annotation | undefined {
  const found = definitions.flatMap((entry) => annotationsOf(entry.rule.annotations));
  return found.find((entry) => entry.scope === 'document' || definitions.length === 1);
}

function annotationsOf(raw: readonly unknown[] | undefined): readonly Annotation[] {
  return (raw ?? []).flatMap((entry) => {
    const parsed = annotationSchema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

function severityOf(name: string, annotations: readonly (Annotation | undefined)[]): Severity {
  const stated = annotations.map((entry) => entry?.custom?.severity).find((value) => value !== undefined);
  if (stated !== undefined) return parseSeverity(typeof stated === 'string' ? stated : undefined);
  return name.startsWith('warn') ? 'medium' : 'high';
}
