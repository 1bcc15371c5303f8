import { GitHubError } from '../../model/github-error.ts';
import type { CheckAnnotation, CheckRunRequest, GitHub } from '../../ports/ports.ts';
import { checkAnnotationsPerRequest, checkRefusalsMax } from '../limits.ts';

export interface Sent {
  /** Annotations that GitHub rejected individually. */
  readonly refused: readonly { readonly annotation: CheckAnnotation; readonly why: string }[];
  /** Number of annotations that were not sent, and why. */
  readonly unsent: number;
  readonly stopped?: string;
}

/**
 * Sends annotations in batches. GitHub rejects a batch for one invalid annotation, so a rejected batch is bisected. Never rejects: the
 * check run has to be concluded in any case.
 */
export async function sendAnnotations(
  github: GitHub,
  check: number,
  output: Pick<CheckRunRequest['output'], 'title' | 'summary'>,
  annotations: readonly CheckAnnotation[],
): Promise<Sent> {
  const refused: { readonly annotation: CheckAnnotation; readonly why: string }[] = [];
  const waiting = batches(annotations);
  while (waiting.length > 0) {
    const batch = waiting.shift() ?? [];
    try {
      await github.updateCheckRun(check, { output: { ...output, annotations: batch } });
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const unsent = batch.length + waiting.reduce((sum, next) => sum + next.length, 0);
      if (!(thrown instanceof GitHubError) || thrown.kind !== 'invalid') return { refused, unsent, stopped: why };
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) {
        refused.push({ annotation: only, why });
        if (refused.length >= checkRefusalsMax && unsent > 1)
          return {
            refused,
            unsent: unsent - 1,
            stopped: `GitHub refused ${refused.length} annotations, the last one with: ${why}`,
          };
      } else {
        const half = Math.ceil(batch.length / 2);
        waiting.unshift(batch.slice(0, half), batch.slice(half));
      }
    }
  }
  return { refused, unsent: 0 };
}

function batches(annotations: readonly CheckAnnotation[]): (readonly CheckAnnotation[])[] {
  return Array.from({ length: Math.ceil(annotations.length / checkAnnotationsPerRequest) }, (_, index) =>
    annotations.slice(index * checkAnnotationsPerRequest, (index + 1) * checkAnnotationsPerRequest),
  );
}
