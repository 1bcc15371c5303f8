import type { Outcome } from '../../model/verdict.ts';
import type { CheckRun, CheckRunRequest, GitHub } from '../../ports/ports.ts';
import { runAddress } from '../github-links.ts';
import type { Publisher } from '../publisher.ts';
import { oneLine, plural, shorten } from '../text.ts';
import { outcomeTone } from '../view.ts';
import { planAnnotations } from './annotations.ts';
import { sendAnnotations } from './send.ts';
import { summaryOf, textOf, titleOf } from './text.ts';

const conclusions = { pass: 'success', warn: 'neutral', block: 'failure', error: 'failure' } as const satisfies Record<
  Outcome,
  CheckRunRequest['conclusion']
>;

/**
 * A check run of its own with every finding beside its line: workflow commands show ten of a level, this shows a thousand. It is detail;
 * the required check is the job, which no API call can make pass. So it is concluded last, and whatever its annotations meet.
 */
export const checkRunPublisher: Publisher = {
  id: 'check-run',
  title: 'Check run',
  summary: 'A check with findings beside their lines, past the ten of a level that workflow commands may show.',
  permission: 'checks: write',
  async publish(verdict, context, { github }) {
    const { change, gateName, untrusted } = context;
    const plan = planAnnotations(verdict, context);
    const output = { title: titleOf(verdict), summary: summaryOf(verdict, context) };
    const check = await github.createCheckRun({
      name: `${shorten(oneLine(gateName), 100)} findings`,
      headSha: change.headSha,
      status: 'in_progress',
      detailsUrl: runAddress(change),
      externalId: `${change.run.id}/${change.run.attempt}`,
      output: { ...output, annotations: [] },
    });
    const sent = await sendAnnotations(github, check.id, output, plan.annotations);
    const conclusion = untrusted ? 'neutral' : conclusions[outcomeTone(verdict)];
    const note = await conclude(github, check.id, conclusion, { ...output, text: textOf(plan, sent), annotations: [] });
    return {
      status: 'delivered',
      url: check.url,
      notes: [
        ...sent.refused.map(({ annotation: { path, startLine, title }, why }) =>
          oneLine(`GitHub refused the annotation at ${path}:${startLine} (${title}): ${why}`),
        ),
        ...(sent.unsent === 0 ? [] : [oneLine(`${plural(sent.unsent, 'annotation')} not sent: ${sent.stopped ?? ''}`)]),
        ...(plan.unplaced.length === 0 ? [] : [`${plan.unplaced.length} beside no line; the check's text names them`]),
        ...(plan.over === 0 ? [] : [`${plan.over} more annotations did not fit`]),
        ...note,
      ],
    };
  },
};

/** A run left `in_progress` says nothing for good: should GitHub refuse its text, it is concluded without. Throws where that fails, too. */
async function conclude(
  github: GitHub,
  id: number,
  conclusion: NonNullable<CheckRunRequest['conclusion']>,
  output: CheckRunRequest['output'],
): Promise<readonly string[]> {
  const complete = (text: CheckRunRequest['output']): Promise<CheckRun> =>
    github.updateCheckRun(id, { status: 'completed', conclusion, output: text });
  try {
    await complete(output);
    return [];
  } catch (thrown) {
    await complete({ title: output.title, summary: 'The findings are in the summary of the job.', annotations: [] });
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [oneLine(`the check was concluded without its text: ${why}`)];
  }
}
