import type { GateError } from '../model/gate-error.ts';
import type { Verdict } from '../model/verdict.ts';
import { sarifErrorsKept } from './limits.ts';
import type { RenderContext } from './reporter.ts';
import { escapeMessage, physical, type SarifView } from './sarif-results.ts';
import { sentence } from './sarif-rules.ts';
import { plural } from './text.ts';
import { coverageResult, summarizeCoverage } from './view.ts';

const cutId = 'REPORT_CUT';
const coverageId = 'COVERAGE';

/** The SARIF invocation: successful only if the verdict has no errors. */
export function toInvocation(verdict: Verdict, { generatedAt }: RenderContext, view: SarifView, left: number): object {
  const coverage = summarizeCoverage(verdict);
  const errors = verdict.errors.slice(0, sarifErrorsKept);
  const errorsLeft = verdict.errors.length - errors.length;
  return {
    executionSuccessful: verdict.errors.length === 0,
    endTimeUtc: generatedAt.toISOString(),
    toolExecutionNotifications: [
      ...errors.map((error) => toNotification(error, view)),
      ...(errorsLeft === 0 ? [] : [note(cutId, 'error', `${plural(errorsLeft, 'more error')} left out of this file`)]),
      note(
        coverageId,
        coverage.notCovered.length === 0 ? 'note' : 'warning',
        `Coverage: ${coverage.totals}${coverageResult(coverage)}`,
      ),
      ...(left === 0
        ? []
        : [
            note(
              cutId,
              'warning',
              `${plural(left, 'finding')} left out of this file to stay within the limits of code scanning, least severe first. The JSON report has all of them`,
            ),
          ]),
    ],
  };
}

function toNotification(error: GateError, view: SarifView): object {
  const { file, line, column, message, expected, next } = error.details;
  const parts = [message, ...(expected === undefined ? [] : [`Expected ${expected}`]), ...(next === undefined ? [] : [next])];
  return {
    ...note(error.code, 'error', parts.map((part) => sentence(part)).join(' ')),
    ...(file !== undefined && {
      locations: [physical({ file, line: line ?? 1, ...(column !== undefined && { column }), precision: 'field' }, view)],
    }),
  };
}

function note(id: string, level: 'note' | 'warning' | 'error', text: string): object {
  return { descriptor: { id }, level, message: { text: escapeMessage(sentence(text, 5_000)) } };
}
