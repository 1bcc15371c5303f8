import { countGaps } from '../../model/gap.ts';
import type { Verdict, VerdictEvidence } from '../../model/verdict.ts';
import { statementType, type VerdictStatement, verdictPredicateType } from '../../model/verdict-statement.ts';
import type { RenderContext, Reporter } from '../reporter.ts';

/** The verdict as evidence for whoever deploys: an in-toto statement about the commit, to be signed by the workflow. */
export const attestationReporter: Reporter = {
  id: 'attestation',
  title: 'Attestation',
  summary: 'For deployers: an in-toto statement of the verdict about the commit, to be signed by the workflow.',
  defaultFile: 'k8s-gate.intoto.json',
  needsEvidence: true,
  render: (verdict, context) =>
    verdict.evidence === undefined ? '' : `${JSON.stringify(statementOf(verdict, verdict.evidence, context), null, 2)}\n`,
};

function statementOf(verdict: Verdict, evidence: VerdictEvidence, context: RenderContext): VerdictStatement {
  return {
    _type: statementType,
    subject: [{ name: context.change?.repository ?? 'commit', digest: { gitCommit: evidence.commit } }],
    predicateType: verdictPredicateType,
    predicate: {
      gate: { name: 'k8s-gate', version: context.gateVersion },
      evaluatedAt: context.generatedAt.toISOString(),
      commit: commitOf(evidence, context),
      verdict: {
        outcome: verdict.outcome,
        reason: verdict.reason,
        findings: verdict.counts,
        severities: verdict.severities,
        errors: verdict.errors.map(({ code }) => code),
        notEvaluated: countGaps(verdict.findings),
      },
      deployables: evidence.deployables.map((unit) => ({ ...unit })),
      manifests: evidence.manifests,
      images: evidence.images.map((image) => ({ ...image })),
      configuration: evidence.configuration,
      policies: evidence.policies.map((policy) => ({ ...policy })),
      engines: verdict.engines.map(({ engine, status, version, evaluated }) => ({
        engine,
        status,
        ...(version !== undefined && { version }),
        evaluated,
        ...(evidence.databases[engine] !== undefined && { databases: evidence.databases[engine] }),
      })),
      data: (verdict.riskData ?? []).map((data) => ({ ...data })),
      waivers: verdict.waivers
        .filter(({ findings }) => findings > 0)
        .map(({ waiver: { rule, target, owner, expires }, findings }) => ({ rule, target, owner, expires, findings })),
    },
  };
}

/** `sha` is what was checked out: for a pull request, GitHub's merge of `head` into `base`. */
function commitOf(
  { commit: sha, uncommittedChanges }: VerdictEvidence,
  { change, pathPrefix }: RenderContext,
): VerdictStatement['predicate']['commit'] {
  const { repository, headSha, baseSha, pullRequest } = change ?? {};
  return {
    sha,
    ...(repository !== undefined && { repository }),
    ...(pathPrefix !== undefined && { folder: pathPrefix }),
    ...(headSha !== undefined && { head: headSha }),
    ...(baseSha !== undefined && { base: baseSha }),
    ...(pullRequest !== undefined && { pullRequest: pullRequest.number }),
    uncommittedChanges,
  };
}
