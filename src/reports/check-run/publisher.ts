import { GitHubError } from '../../model/github-error.ts';
import type { Outcome } from '../../model/verdict.ts';
import type { CheckRun, CheckRunRequest, GitHub } from '../../ports/ports.ts';
import { runAddress } from '../github-links.ts';
import { checkAnnotationsPerRequest } from '../limits.ts';
import type { Publisher } from '../publisher.ts';
import { oneLine, plural, shorten } from '../text.ts';
import { outcomeTone } from '../view.ts';
import { type Plan, planAnnotations } from './annotations.ts';
import { type Sent, sendAnnotations } from './send.ts';
import { summaryOf, textOf, titleOf } from './text.ts';

const conclusions = { pass: 'success', warn: 'neutral', block: 'failure', error: 'failure' } as const satisfies Record<
  Outcome,
  CheckRunRequest['conclusion']
>;

/**
 * A separate check run with every finding on its line: workflow commands show ten annotations per level, a check run a thousand. It is
 * informational; the required check is the job, which no API call can turn green. It is always concluded, even if annotations fail.
 */
export const checkRunPublisher: Publisher = {
  id: 'check-run',
  title: 'Check run',
  summary: 'A check with annotations on the lines of findings, beyond the ten per level of workflow commands.',
  permission: 'checks: write',
  async publish(verdict, context, { github }) {
    const { change, gateName, untrusted } = context;
    const plan = planAnnotations(verdict, context);
    const output = { title: titleOf(verdict, context), summary: summaryOf(verdict, context), annotations: [] };
    const identity = {
      name: `${shorten(oneLine(gateName), 100)} findings`,
      headSha: change.headSha,
      detailsUrl: runAddress(change),
      externalId: `${change.run.id}/${change.run.attempt}`,
    };
    const conclusion = untrusted ? 'neutral' : conclusions[outcomeTone(verdict)];
    const { check, sent, note } =
      (await createWhole(github, { ...identity, conclusion, output }, plan)) ??
      (await createInSteps(github, { ...identity, conclusion, output }, plan));
    return {
      status: 'delivered',
      url: check.url,
      notes: [
        ...sent.refused.map(({ annotation: { path, startLine, title }, why }) =>
          oneLine(`GitHub refused the annotation at ${path}:${startLine} (${title}): ${why}`),
        ),
        ...(sent.unsent === 0 ? [] : [oneLine(`${plural(sent.unsent, 'annotation')} not sent: ${sent.stopped ?? ''}`)]),
        ...(plan.unplaced.length === 0
          ? []
          : [`${plan.unplaced.length} without a line in the diff; listed in the text of the check`]),
        ...(plan.over === 0 ? [] : [`${plan.over} more annotations did not fit`]),
        ...note,
      ],
    };
  },
};

type Created = { readonly check: CheckRun; readonly sent: Sent; readonly note: readonly string[] };
type Conclusion = NonNullable<CheckRunRequest['conclusion']>;
type Concluded = Omit<CheckRunRequest, 'status'> & { readonly conclusion: Conclusion };

/** In one request, since GitHub asks for a second between two. Undefined where it takes more, or GitHub refused a part of it. */
async function createWhole(github: GitHub, request: Concluded, plan: Plan): Promise<Created | undefined> {
  if (plan.annotations.length > checkAnnotationsPerRequest) return undefined;
  const sent: Sent = { refused: [], unsent: 0 };
  const output = { ...request.output, text: textOf(plan, sent), annotations: plan.annotations };
  try {
    return { check: await github.createCheckRun({ ...request, status: 'completed', output }), sent, note: [] };
  } catch (thrown) {
    if (thrown instanceof GitHubError && thrown.kind === 'invalid') return undefined;
    throw thrown;
  }
}

async function createInSteps(github: GitHub, { conclusion, ...request }: Concluded, plan: Plan): Promise<Created> {
  const check = await github.createCheckRun({ ...request, status: 'in_progress' });
  const sent = await sendAnnotations(github, check.id, request.output, plan.annotations);
  const note = await conclude(github, check.id, conclusion, { ...request.output, text: textOf(plan, sent) });
  return { check, sent, note };
}

/** A check must not stay `in_progress` forever: if GitHub rejects its text, it is concluded without. Throws if that fails as well. */
async function conclude(
  github: GitHub,
  id: number,
  conclusion: Conclusion,
  output: CheckRunRequest['output'],
): Promise<readonly string[]> {
  const complete = (text: CheckRunRequest['output']): Promise<CheckRun> =>
    github.updateCheckRun(id, { status: 'completed', conclusion, output: text });
  try {
    await complete(output);
    return [];
  } catch (thrown) {
    await complete({ title: output.title, summary: 'See the job summary for the findings.', annotations: [] });
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [oneLine(`the check was concluded without its text: ${why}`)];
  }
}
