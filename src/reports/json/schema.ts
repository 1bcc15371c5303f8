import * as z from 'zod';
import { findingStates } from '../../model/comparison.ts';
import { findingSchemas, patchSchema } from '../../model/finding-schema.ts';
import { riskNames } from '../../model/risk.ts';
import { actions } from '../../model/severity.ts';
import { outcomes } from '../../model/verdict.ts';
import { accepted } from './schema-baseline.ts';
import { count, sha, text } from './schema-basics.ts';
import { coverageRow, imageRow } from './schema-coverage.ts';
import { difference } from './schema-difference.ts';
import { waiver, waiverUse } from './schema-waivers.ts';

/**
 * The machine format. schemas/report.schema.json and the table in docs/reports.md are made from it. Fields may be added under the same
 * `schemaVersion`; one that changes its meaning or goes away raises it.
 */
const { subjects, located, error } = findingSchemas(z.object, patchSchema(z.object, z.unknown()));
const action = z.enum(actions);
const conditions = z
  .array(
    z.object({
      kev: z.literal(true).exactOptional(),
      epss: z.number().exactOptional(),
      age: z.number().exactOptional(),
      fixable: z.literal(true).exactOptional(),
      exposed: z.literal(true).exactOptional(),
    }),
  )
  .exactOptional();
const policed = z.union([action, z.object({ block: conditions, warn: conditions, otherwise: z.enum(['warn', 'allow']) })]);
const policy = z.object({ critical: policed, high: policed, medium: policed, low: policed, unknown: policed });

const subject = z
  .discriminatedUnion('kind', [
    subjects.resource.extend({ field: text('The same as one text: `spec.containers[0].image`.') }),
    subjects.image,
    subjects.file,
    subjects.cluster,
  ])
  .describe('What it is about: a resource, an image, a file or a node of the cluster.');
const fingerprint = text('Identity of the finding: the same in every run, even if the manifest moves.');
const reported = located
  .omit({ check: true, reported: true, undecided: true, fixable: true, published: true })
  .extend({ subject }).shape;

const finding = z.object({
  fingerprint,
  action: action.describe('Its action: `block`, `warn` or `allow`.'),
  decidedBy: text(
    'What decided: `default`, the name of an environment, `waiver`, `only-new`, `baseline` or `test-hook` (a Helm test hook, which warns at most).',
  ),
  because: text('Facts about a vulnerability on which its action depends. Text from outside.').exactOptional(),
  state: z.enum(findingStates).exactOptional().describe('Compared with the base commit, if there is one.'),
  newIn: z.array(z.string()).exactOptional().describe('The only environments in which it is new. Omitted if it is new in all.'),
  newBecause: text('Why it is new although the base has it in the same place. Text from outside.').exactOptional(),
  waiver: waiver.exactOptional().describe('The waiver that allows it.'),
  ...reported,
});

const comparison = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('compared'),
    baseSha: sha('Commit it was compared with.'),
    new: count('Findings that the base does not have.'),
    unchanged: count('Findings that the base has as well.'),
    fixed: z
      .array(z.object({ fingerprint, ...reported }))
      .describe('Findings that only the base has, as in `findings`, with locations in the base.'),
    unrendered: z
      .array(
        z.object({
          what: text('The file, chart or kustomization: `chart app`.'),
          reason: text('Why it did not render. Text from outside.'),
          new: count('Its findings that count as new.'),
          unchanged: count('Its findings that count as unchanged, because the change touches none of its sources.'),
        }),
      )
      .exactOptional()
      .describe('What did not render on the base, so its findings could not be compared. Omitted if everything rendered.'),
  }),
  z.object({
    status: z.literal('unavailable'),
    reason: text('Why the base could not be checked. All findings then count as new.'),
  }),
]);

const preview = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('known'),
    refused: z.array(finding).describe('What would newly block or warn once the changed policies are merged, as in `findings`.'),
    lifted: count('Findings that block or warn now and would no longer be reported.'),
  }),
  z.object({ status: z.literal('unavailable'), reason: text('Why the changed policies cannot be evaluated.') }),
]);

const change = z.object({
  repository: text('`owner/name`.'),
  headSha: sha('Commit that was checked: the head of a pull request, not the merge commit.'),
  baseSha: sha('Tip of the branch it is to be merged into.').exactOptional(),
  pullRequest: z.int().positive().exactOptional().describe('Its number.'),
  pathPrefix: text('Folder of the workspace in the repository, if it is not the root.').exactOptional(),
  headLines: z
    .array(
      z.object({
        file: text('Relative to the workspace.'),
        line: z.int().positive().describe('In the files that were checked.'),
        headLine: z.int().positive().exactOptional().describe('In the head. Omitted if the head has no such line.'),
      }),
    )
    .max(100_000)
    .describe('Lines of findings whose numbers differ between the head and the merge commit that was checked.')
    .exactOptional(),
});

const engine = z.object({
  engine: text('Id.'),
  title: text('Display name.'),
  status: z.enum(['completed', 'skipped', 'failed']),
  version: text('Version of the engine that ran.').exactOptional(),
  findings: count('Findings reported by this engine, alone or together with others.'),
  evaluated: count('Targets that it evaluated.'),
  durationMs: z.number().nonnegative().exactOptional().describe('Milliseconds.'),
  reason: text('Why it was skipped or failed.').exactOptional(),
  notes: z.array(z.string()).describe('What a reader should know, such as the age of a database.'),
});

export const Report = z.object({
  schemaVersion: z.literal(1).describe('Incremented by changes that break readers.'),
  tool: z.object({ name: z.literal('k8s-gate'), version: z.string() }),
  generatedAt: z.iso.datetime().describe('UTC.'),
  change: change.exactOptional().describe('What was checked. Omitted outside of GitHub Actions.'),
  outcome: z.enum(outcomes).describe('The verdict: `pass` and `warn` may merge, `block` and `error` may not.'),
  reason: text('Why, in one sentence.'),
  counts: z
    .object({ block: z.int().nonnegative(), warn: z.int().nonnegative(), allow: z.int().nonnegative() })
    .describe('Findings by action.'),
  severities: z
    .object({
      critical: z.int().nonnegative(),
      high: z.int().nonnegative(),
      medium: z.int().nonnegative(),
      low: z.int().nonnegative(),
      unknown: z.int().nonnegative(),
    })
    .describe('Findings by severity.'),
  totals: z
    .object({ files: z.int().nonnegative(), resources: z.int().nonnegative(), images: z.int().nonnegative() })
    .describe('Number of files, resources and images that were found.'),
  images: z
    .array(imageRow)
    .exactOptional()
    .describe('Every image that the manifests name, scanned or not. Omitted if there are none.'),
  policies: z.record(z.string(), policy).describe('Severity policies in force: `default` and each environment.'),
  riskData: z
    .array(
      z.object({
        name: z.enum(riskNames),
        released: z.iso.datetime().describe('When its publisher released it.'),
        digest: text('`sha256:…` of the file.'),
      }),
    )
    .exactOptional()
    .describe('Data about the exploitation of vulnerabilities. Omitted if none was used.'),
  comparison: comparison.exactOptional().describe('Comparison with the base commit. Omitted if there is no base.'),
  difference: difference
    .exactOptional()
    .describe('What the base and the change deploy, compared. Omitted if the base was not rendered.'),
  preview: preview
    .exactOptional()
    .describe('If the change alters policies: their effect once merged. It does not affect this outcome.'),
  compliance: z
    .array(
      z.object({
        framework: text('Its name and version.'),
        control: text('Number or name of the control.'),
        rules: z.array(z.string()).describe('Rules of the pack for this control.'),
        status: z
          .enum(['findings', 'none reported', 'not evaluated'])
          .describe('`none reported` is not proof of compliance: a rule covers a part of a control, and can be disabled.'),
        block: count('Findings that block.'),
        warn: count('Findings that warn.'),
        allow: count('Findings that are allowed.'),
      }),
    )
    .exactOptional()
    .describe('Controls of security frameworks, with the findings of all engines about them. See docs/compliance.md.'),
  waivers: z.array(waiverUse).describe('Every waiver that was read, used or not.'),
  accepted: accepted.exactOptional().describe('What the baseline file accepts. Omitted without one.'),
  findings: z
    .array(finding)
    .describe('Worst first: by action, known exploitation, severity, EPSS score in tenths, file, line, rule.'),
  errors: z.array(error).describe('What the gate could not evaluate. Any of these rules out `pass` and `warn`.'),
  engines: z.array(engine),
  coverage: z.array(coverageRow).describe('Every target, and which engines evaluated it.'),
});
export type Report = z.infer<typeof Report>;

/** JSON Schema, draft 2020-12. Open to further fields, so that a reader who validates is not broken by one that is added. */
export function reportJsonSchema(): object {
  return {
    ...z.toJSONSchema(Report, { target: 'draft-2020-12', io: 'input' }),
    title: 'Report of k8s-gate',
    description: 'The output of `k8s-gate check --output json`.',
  };
}
