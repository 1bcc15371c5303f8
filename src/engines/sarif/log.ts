import * as z from 'zod';
import { parseResult } from '../result-files.ts';

/** The part of SARIF 2.1.0 that is read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
const message = z.looseObject({ text: z.string().optional(), markdown: z.string().optional(), id: z.string().optional() });
const level = z.enum(['none', 'note', 'warning', 'error']);
const index = z.number().int().min(-1);
const artifactLocation = z.looseObject({
  uri: z.string().optional(),
  uriBaseId: z.string().optional(),
  index: index.optional(),
});
const rule = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  shortDescription: message.optional(),
  fullDescription: message.optional(),
  help: message.optional(),
  helpUri: z.string().optional(),
  defaultConfiguration: z.looseObject({ level: level.optional() }).optional(),
  properties: z.looseObject({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional(),
  messageStrings: z.record(z.string(), message).optional(),
});
export type SarifRule = z.infer<typeof rule>;

const component = z.looseObject({ name: z.string(), version: z.string().optional(), rules: z.array(rule).nullish() });
const physicalLocation = z.looseObject({
  artifactLocation: artifactLocation.optional(),
  region: z
    .looseObject({
      startLine: z.number().int().min(1).optional(),
      startColumn: z.number().int().min(1).optional(),
      endLine: z.number().int().min(1).optional(),
    })
    .optional(),
});
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index.optional(),
  rule: z
    .looseObject({
      id: z.string().optional(),
      index: index.optional(),
      toolComponent: z.looseObject({ index: index.optional() }).optional(),
    })
    .optional(),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']).optional(),
  level: level.optional(),
  message: message.extend({ arguments: z.array(z.string()).optional() }),
  locations: z.array(z.looseObject({ physicalLocation: physicalLocation.optional() })).nullish(),
  suppressions: z.array(z.unknown()).nullish(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
});
export type SarifResult = z.infer<typeof result>;

const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: z.array(component).nullish() }),
  invocations: z
    .array(
      z.looseObject({
        executionSuccessful: z.boolean(),
        exitCodeDescription: z.string().optional(),
        endTimeUtc: z.string().optional(),
      }),
    )
    .nullish(),
  /** If absent or null, nothing was scanned, as opposed to nothing found. */
  results: z.array(result, 'results: a list, if only an empty one'),
  artifacts: z.array(z.looseObject({ location: artifactLocation.optional() })).nullish(),
  originalUriBaseIds: z.record(z.string(), artifactLocation).nullish(),
  /** Results in external files are not supported. Other external properties are not needed. */
  externalPropertyFileReferences: z
    .looseObject({ results: z.never('results in external files are not supported').optional() })
    .nullish(),
});
export type SarifRun = z.infer<typeof run>;

const logSchema = z.looseObject({ version: z.literal('2.1.0'), runs: z.array(run).min(1, 'no runs: nothing was scanned') });
export type SarifLog = z.infer<typeof logSchema>;

/** Throws ENGINE_OUTPUT_INVALID. */
export function readSarif(file: string, text: string): SarifLog {
  return parseResult(file, text, logSchema, 'SARIF 2.1.0 with at least one run and its results');
}

/** The rule of a result, by index or id, in the driver or one of its extensions. */
export function ruleOf({ tool }: SarifRun, { rule: reference, ruleId, ruleIndex }: SarifResult): SarifRule | undefined {
  const extension = reference?.toolComponent?.index;
  const rules = (extension === undefined || extension < 0 ? tool.driver : tool.extensions?.[extension])?.rules ?? [];
  const at = reference?.index ?? ruleIndex ?? -1;
  if (at >= 0) return rules[at];
  const id = reference?.id ?? ruleId;
  // `CA1000/1` is a case of the rule CA1000.
  return rules.find((entry) => entry.id === id) ?? rules.find((entry) => id?.startsWith(`${entry.id}/`) === true);
}
