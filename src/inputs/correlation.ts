import path from 'node:path';
import * as z from 'zod';
import { engines } from '../engines/registry.ts';
import type { Cause, CauseRule, Correlation } from '../model/correlation.ts';
import { parsePath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import { once } from '../model/once.ts';
import { schemaProblem, schemaProblems } from '../model/schema-problem.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';

/** Which rules of which engines report the same. The file is part of the gate; a repository can't change it. */
export const correlationFile = 'policies/correlation.yaml';

const correlationSchema = once(() => {
  const engineIds = engines.map((engine) => engine.id);
  const words = z.string().trim().min(1);
  const name = z
    .string()
    .refine(
      (text) => engineIds.some((id) => text.startsWith(`${id}/`) && text.length > id.length + 1),
      `expected a rule as ENGINE/RULE, of ${engineIds.join(', ')}`,
    );
  const rule = z.preprocess(
    (value) => (typeof value === 'string' ? { rule: value } : value),
    z
      .strictObject({ rule: name, field: words.optional(), says: words.optional() })
      .refine(({ field, says }) => field === undefined || says === undefined, 'expected either `field` or `says`'),
  );
  return z.strictObject({
    causes: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a name such as host-network'),
          title: words,
          because: words,
          inherited: z.literal(true).optional(),
          items: z.enum(['volumes', 'rules']).optional(),
          podSecurity: z.array(words).min(1).optional(),
          rules: z.array(rule).min(1),
        }),
      )
      .min(1),
    alone: z.array(name),
  });
});
type Written = z.infer<ReturnType<typeof correlationSchema>>;

/** Reads policies/correlation.yaml. Throws CONFIG_INVALID with the line of what is wrong. */
export async function loadCorrelation(files: Files, gateRoot: string): Promise<Correlation> {
  return parseCorrelation(await files.readText(path.join(gateRoot, correlationFile))).causes;
}

/** `alone`: rules, by engine and name, that were reviewed and that no other engine has. */
export function parseCorrelation(text: string): { readonly causes: Correlation; readonly alone: readonly string[] } {
  const [document, ...more] = parseYaml({ file: correlationFile, text, errorCode: 'CONFIG_INVALID' });
  if (document === undefined || more.length > 0)
    throw invalid(1, `${more.length === 0 ? 'no document' : 'more than one document'} in it`);
  const at = (steps: readonly (string | number)[]) => document.locate(steps).line;
  const parsed = correlationSchema().safeParse(document.value);
  if (!parsed.success) {
    const [{ path: steps }] = schemaProblems(parsed.error);
    throw invalid(at(steps), schemaProblem(parsed.error, { schema: correlationSchema(), value: document.value }));
  }
  const repeated = repetitionIn(parsed.data);
  if (repeated !== undefined) throw invalid(at(repeated.at), repeated.message);
  return { causes: parsed.data.causes.map(toCause), alone: parsed.data.alone };
}

interface Repetition {
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/** A rule, or the same part of one, under two causes would belong to either by chance. */
function repetitionIn({ causes, alone }: Written): Repetition | undefined {
  const entries = [
    ...causes.map(({ id }, index) => ({ key: `id ${id}`, at: ['causes', index, 'id'] })),
    ...causes.flatMap((cause, index) =>
      (cause.podSecurity ?? []).map((reason, at) => ({ key: `podSecurity ${reason}`, at: ['causes', index, 'podSecurity', at] })),
    ),
    ...causes.flatMap((cause, index) =>
      cause.rules.map((entry, at) => ({ key: keyOf(entry), at: ['causes', index, 'rules', at] })),
    ),
    ...alone.map((text, at) => ({ key: `alone ${text}`, at: ['alone', at] })),
  ];
  const seen = new Set<string>();
  for (const { key, at } of entries) {
    if (seen.has(key)) return { at, message: `${key} is there twice` };
    seen.add(key);
  }
  const named = new Set(causes.flatMap((cause) => cause.rules.map((entry) => entry.rule)));
  const both = alone.findIndex((text) => named.has(text));
  return both === -1 ? undefined : { at: ['alone', both], message: `${alone[both] ?? ''} has a cause and is alone` };
}

type WrittenRule = Written['causes'][number]['rules'][number];

function keyOf({ rule: text, field, says }: WrittenRule): string {
  return [text, ...(field === undefined ? [] : [`field: ${field}`]), ...(says === undefined ? [] : [`says: ${says}`])].join(' ');
}

function toCause({ id, title, inherited, items, podSecurity, rules }: Written['causes'][number]): Cause {
  return {
    id,
    title,
    inherited: inherited ?? false,
    items: items === undefined ? ['containers', 'initContainers', 'ephemeralContainers'] : [items],
    podSecurity: podSecurity ?? [],
    rules: rules.map(toRule),
  };
}

function toRule({ rule: text, field, says }: WrittenRule): CauseRule {
  const slash = text.indexOf('/');
  return {
    engine: text.slice(0, slash),
    rule: text.slice(slash + 1),
    ...(field !== undefined && { field: parsePath(field) }),
    ...(says !== undefined && { says }),
  };
}

function invalid(line: number, message: string): GateError {
  return new GateError('CONFIG_INVALID', {
    file: correlationFile,
    line,
    message,
    expected: 'causes with their rules, and rules that are alone; each rule once',
    next: 'Fix it, or install k8s-gate again: the file is part of it.',
  });
}
