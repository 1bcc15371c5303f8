import type { GateError } from '../../model/gate-error.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { CheckAnnotation } from '../../ports/ports.ts';
import { newnessOf, renewalOf } from '../decision.ts';
import { annotationMaxChars, checkAllowedKept, checkAnnotationsKept, checkTitleMaxChars } from '../limits.ts';
import type { PublishContext } from '../publisher.ts';
import { oneLine, reveal, shorten } from '../text.ts';
import { adviceOf, concernsOf, errorPlace, fixOf, morePlaces, placeOf, ruleOf, worstFirst } from '../view.ts';
import { placeOnHead } from './place.ts';

/** A finding or error without a line in the diff, and why; plain text. */
export interface Unplaced {
  readonly what: string;
  readonly place: string | undefined;
  readonly why: string;
}

export interface Plan {
  /** In the order they are sent: errors, then findings that block, warn and are allowed, new before old. */
  readonly annotations: readonly CheckAnnotation[];
  readonly unplaced: readonly Unplaced[];
  /** Number of findings that have a line but did not fit. */
  readonly over: number;
}

interface Entry {
  readonly level: CheckAnnotation['level'];
  readonly title: string;
  readonly message: string;
  readonly what: string;
  readonly place: string | undefined;
  readonly where: ReturnType<typeof placeOnHead>;
}

/** Assigns findings to lines. A finding is only shown at its first location; its message counts the others. */
export function planAnnotations(verdict: Verdict, context: PublishContext): Plan {
  const entries = [
    ...verdict.errors.map((error) => ofError(error, context)),
    ...worstFirst(verdict.findings).map((judged) => ofFinding(judged, context)),
  ];
  const annotations: CheckAnnotation[] = [];
  const unplaced: Unplaced[] = [];
  let over = 0;
  let allowed = 0;
  for (const { level, title, message, what, place, where } of entries) {
    if ('why' in where) unplaced.push({ what, place, why: where.why });
    else if (annotations.length >= checkAnnotationsKept || (level === 'notice' && allowed >= checkAllowedKept)) over += 1;
    else {
      if (level === 'notice') allowed += 1;
      // GitHub renders no Markdown here; characters that hide or reorder text are the remaining risk.
      const text = {
        title: shorten(oneLine(title), checkTitleMaxChars) || 'finding',
        message: shorten(reveal(message), annotationMaxChars),
      };
      annotations.push({ ...where, level, ...text });
    }
  }
  return { annotations, unplaced, over };
}

const levels = { block: 'failure', warn: 'warning', allow: 'notice' } as const;

function ofFinding(judged: JudgedFinding, context: PublishContext): Entry {
  const { finding, action, waiver } = judged;
  const newness = newnessOf(judged);
  const renewal = renewalOf(judged);
  const [first] = finding.locations;
  const fix = fixOf(finding);
  const title = `${newness === undefined ? '' : `${newness}, `}${finding.severity}: ${ruleOf(finding)}`;
  const parts = [
    finding.title,
    [concernsOf(finding), morePlaces(finding)].filter((part) => part !== undefined).join('; '),
    ...(finding.locations.length > 1 ? [`Also at ${finding.locations.slice(1, 6).map(placeText).join(', ')}`] : []),
    ...(renewal === undefined ? [] : [`New: ${renewal}`]),
    ...(fix === undefined ? [] : [`Fix: ${fix}`]),
    ...(waiver === undefined ? [] : [`Waived until ${waiver.expires} by ${waiver.owner}: ${waiver.reason}`]),
  ];
  return {
    level: levels[action],
    title,
    message: parts.join('\n'),
    what: `${title}: ${finding.title}`,
    place: placeOf(finding),
    where: first === undefined ? { why: 'it has no file' } : placeOnHead(first, context),
  };
}

function placeText({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`;
}

function ofError(error: GateError, context: PublishContext): Entry {
  const { message, file, line, column } = error.details;
  const title = `evaluation error: ${error.code}`;
  return {
    level: 'failure',
    title,
    message: [message, ...adviceOf(error)].join('\n'),
    what: `${title}: ${message}`,
    place: errorPlace(error),
    where:
      file === undefined || line === undefined
        ? { why: 'it has no line' }
        : placeOnHead({ file, line, ...(column !== undefined && { column }) }, context),
  };
}
