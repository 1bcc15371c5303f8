import * as z from 'zod';
import { categories } from './category.ts';
import { GateError, gateErrorCodes } from './gate-error.ts';
import { type JsonValue, stringifyJson } from './json.ts';
import { once } from './once.ts';
import { severities } from './severity.ts';
import { parseUntrustedJson } from './untrusted-json.ts';

const text = (description: string) => z.string().describe(description);

/** An operation of RFC 6902. */
export function patchSchema<Value extends z.ZodType>(object: typeof z.strictObject, value: Value) {
  return object({ op: z.enum(['add', 'remove', 'replace']), path: text('RFC 6901 pointer.'), value: value.exactOptional() });
}

/**
 * The shape of a finding outside of this process. The JSON report, the reports of shards and the results cache are built from it.
 * @param object `z.object` for readers that ignore fields they do not know, `z.strictObject` for files that only this gate writes.
 * @param patch One operation of a fix's patch.
 */
export function findingSchemas<Patch extends z.ZodType>(object: typeof z.strictObject, patch: Patch) {
  const position = z.int().positive();
  const location = object({
    file: text('Path relative to the repository, with `/`.'),
    line: position.describe('From 1.'),
    column: position.exactOptional().describe('From 1.'),
    endLine: position.exactOptional().describe('Last line, if it is known.'),
    precision: z
      .enum(['field', 'parent', 'file'])
      .describe('`field`: the field itself; `parent`: its nearest parent; `file`: the line is a best guess.'),
  });
  const fix = object({
    text: text('What to do.'),
    fixedVersion: text('First version without the fault.').exactOptional(),
    patch: z.array(patch).exactOptional().describe('RFC 6902 operations on the resource.'),
  });
  const ternary = z.enum(['yes', 'no', 'unknown']);
  const risk = object({
    exploited: ternary.describe('Whether KEV lists it.'),
    exploitedSince: z.iso.date().exactOptional().describe('When KEV listed it.'),
    ransomware: z.literal(true).exactOptional().describe('Ransomware uses it, according to KEV.'),
    epss: z.number().min(0).max(1).exactOptional().describe('Probability of exploitation in the next 30 days, by EPSS.'),
    published: z.iso.date().exactOptional().describe('When it was published, according to the database of the engine.'),
    ageDays: z.int().nonnegative().exactOptional().describe('Days between publication and the run.'),
    fixable: ternary.describe('Whether a fixed version is known.'),
    exposed: ternary.describe('Whether a workload that runs it is reachable from outside the cluster.'),
  });
  const subjects = {
    resource: object({
      kind: z.literal('resource'),
      resource: text('Id of the resource within this run.'),
      path: z.array(z.union([z.string(), z.int().nonnegative()])).describe('Steps from the root of the resource to the field.'),
    }),
    image: object({
      kind: z.literal('image'),
      reference: text('As written in the manifests.'),
      component: text('Package and version within the image.').exactOptional(),
    }),
    file: object({ kind: z.literal('file'), location }),
    cluster: object({ kind: z.literal('cluster'), node: text('Name of the node.') }),
  };
  const finding = object({
    severity: z.enum(severities),
    reported: z
      .enum(severities)
      .exactOptional()
      .describe('Severity reported by the engine, if `rules` in the configuration overrides it.'),
    undecided: z
      .literal(true)
      .exactOptional()
      .describe('The engine could not evaluate it, so that `rules` of the configuration does not change its severity.'),
    engine: text('Engine that reported it first.'),
    rule: text("Rule in the engine's own vocabulary."),
    check: text('Part of the rule, if it has several: `validations[2]`.').exactOptional(),
    category: z.enum(categories),
    title: text('What is wrong, in one line. Text from outside: escape it where you show it.'),
    detail: text('Why it matters. Text from outside.').exactOptional(),
    fix: fix.exactOptional().describe('How to fix it, if the engine or rule knows.'),
    helpUrl: text('Where to read more.').exactOptional(),
    independent: z
      .literal(true)
      .exactOptional()
      .describe(
        'The reason is not in the manifests, such as a rule that needs a cluster. One finding lists all resources with this reason.',
      ),
    published: z.iso.date().exactOptional().describe('For a vulnerability: when it was published.'),
    fixable: ternary.exactOptional().describe('For a vulnerability of a package: whether a fixed version is known.'),
    subject: z
      .discriminatedUnion('kind', [subjects.resource, subjects.image, subjects.file, subjects.cluster])
      .describe('What it is about: a resource, an image, a file or a node of the cluster.'),
  });
  const source = object({
    engine: z.string(),
    rule: z.string(),
    severity: z.enum(severities),
    reported: z
      .enum(severities)
      .exactOptional()
      .describe('Severity reported by the engine, if `rules` in the configuration overrides it.'),
    title: text('Its own title, if the finding has the title of another source.').exactOptional(),
  });
  const located = finding.extend({
    locations: z.array(location).describe('Every place that causes it. Empty only for the cluster.'),
    resources: z.array(z.string()).describe('Resources it concerns: `Deployment shop/web`.'),
    environments: z.array(z.string()).describe('Environments it reaches.'),
    sources: z.array(source).describe('All engines that reported it.'),
    owners: z
      .array(z.string())
      .exactOptional()
      .describe('Teams and users that own the file, by CODEOWNERS of the base commit. Omitted if nobody does.'),
    cause: text(
      'Common name of what several engines report under different rules: `privileged`, as in policies/correlation.yaml.',
    ).exactOptional(),
    context: z
      .array(z.string())
      .exactOptional()
      .describe(
        'For a vulnerability: how its image is reachable from outside the cluster, and its privileges. Text from outside.',
      ),
    risk: risk.exactOptional().describe('For a vulnerability: its risk. Omitted if the configuration does not use such data.'),
  });
  const error = object({
    code: z.enum(gateErrorCodes).describe('Closed list; match on this, never on the message.'),
    message: text('What is wrong.'),
    file: text('Where, relative to the repository.').exactOptional(),
    line: position.exactOptional().describe('From 1.'),
    column: position.exactOptional().describe('From 1.'),
    expected: text('What was expected instead.').exactOptional(),
    next: text('What to do next.').exactOptional(),
  });
  return { location, subjects, finding, located, error };
}

/** For files that only this gate writes and reads: what has another shape was not written by it. Errors and patches keep what JSON would lose. */
export const storedSchemas = once(() => {
  // A value is JSON as text: integers of any size keep their digits.
  const patch = z.codec(patchSchema(z.strictObject, z.string()), patchSchema(z.strictObject, z.unknown()), {
    decode: ({ value, ...rest }) => (value === undefined ? rest : { ...rest, value: parseUntrustedJson(value) }),
    encode: ({ value, ...rest }) => (value === undefined ? rest : { ...rest, value: stringifyJson(json.parse(value)) }),
  });
  const { subjects, finding, located, error } = findingSchemas(z.strictObject, patch);
  // Its line is looked up by the merge, which locates findings as well.
  const field = subjects.resource.omit({ kind: true }).exactOptional();
  const gateError = z.codec(error.extend({ field }), z.instanceof(GateError), {
    decode: ({ code, ...details }) => new GateError(code, details),
    encode: ({ code, details: { cause: _cause, field: at, ...details } }) => ({
      code,
      ...details,
      ...(at !== undefined && { field: { ...at, path: [...at.path] } }),
    }),
  });
  return { subjects, finding, located, gateError };
});

const json: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.bigint(), z.string(), z.array(json), z.record(z.string(), json)]),
);
