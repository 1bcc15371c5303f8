import { readSource, type Source } from '../../edits/source.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { GitHub } from '../../ports/ports.ts';
import { fromRoot, isRelativePath } from '../escape.ts';
import { suggestionFileMaxBytes, suggestionsMaxMs, suggestionsTried } from '../limits.ts';
import type { PublishContext, PublishPorts } from '../publisher.ts';
import { byteLength } from '../text.ts';
import { worstFirst } from '../view.ts';
import type { Draft } from './comment.ts';
import type { Hunk } from './diff.ts';
import { suggest } from './suggest.ts';

export interface Drafts {
  /** Worst first, one per edit, without overlaps. */
  readonly drafts: readonly Draft[];
  /** Reason for no suggestion -> number of findings. */
  readonly left: ReadonlyMap<string, number>;
}

/**
 * Findings with a patch that are not waived; worst first, and findings of the change before those of the base. Allowed findings get no
 * suggestion of their own; they are only included because they may share an edit with others.
 */
export function fixable(verdict: Verdict): readonly JudgedFinding[] {
  const found = worstFirst(verdict.findings).filter(
    ({ finding, waiver }) => waiver === undefined && (finding.fix?.patch?.length ?? 0) > 0 && finding.locations.length > 0,
  );
  return found.some(isAnnounced) ? found : [];
}

function isAnnounced({ action }: JudgedFinding): boolean {
  return action !== 'allow';
}

export async function draftAll(
  findings: readonly JudgedFinding[],
  hunks: ReadonlyMap<string, readonly Hunk[]>,
  context: PublishContext,
  { github, clock }: Pick<PublishPorts, 'github' | 'clock'>,
): Promise<Drafts> {
  const started = clock.monotonicMs();
  const files = new Map<string, File | string>();
  const drafts: Draft[] = [];
  const left = new Map<string, number>();
  for (const [index, judged] of findings.entries()) {
    const leave = (why: string): void => {
      if (isAnnounced(judged)) left.set(why, (left.get(why) ?? 0) + 1);
    };
    const [location] = judged.finding.locations;
    if (index >= suggestionsTried || clock.monotonicMs() - started > suggestionsMaxMs || location === undefined) {
      leave('there are too many findings to try each one');
      continue;
    }
    const path = fromRoot(location.file, context.pathPrefix);
    const line = context.headLine(location.file, location.line);
    const shown = hunks.get(path) ?? [];
    if (line === undefined || shown.length === 0) {
      leave('the file or line is not in the diff');
      continue;
    }
    const file = files.get(path) ?? (await readFile(path, shown, context.change.headSha, github));
    files.set(path, file);
    const { column, precision } = location;
    const place = { line, precision, ...(column !== undefined && { column }) };
    const suggestion = typeof file === 'string' ? file : suggest(judged.finding, place, file);
    if (typeof suggestion === 'string') leave(suggestion);
    else if (!add(drafts, { path, suggestion, findings: [judged] })) leave('another suggestion changes the same lines');
  }
  return { drafts, left };
}

interface File {
  readonly source: Source;
  readonly hunks: readonly Hunk[];
}

/**
 * The file at the head commit, or why nothing is suggested for it: a template is not YAML even if it parses as such, and GitHub does not
 * document how it applies a suggestion to lines that end in CR LF.
 */
async function readFile(path: string, hunks: readonly Hunk[], sha: string, github: GitHub): Promise<File | string> {
  if (!isRelativePath(path) || !/\.ya?ml$/.test(path)) return 'the file is not a YAML file';
  const text = await github.fileAt(path, sha);
  if (text === undefined) return 'the file does not exist at the head commit';
  if (text.includes('{{')) return 'the file is a template';
  if (text.includes('\r')) return 'the file has lines that end in CR LF';
  if (byteLength(text) > suggestionFileMaxBytes) return 'the file is too long';
  const source = readSource(text);
  return source === undefined ? 'the file is not strict YAML' : { source, hunks };
}

/** Merges identical edits; of two overlapping ones the first, which is the worse, wins. */
function add(drafts: Draft[], draft: Draft): boolean {
  const { startLine, endLine, hash } = draft.suggestion;
  const index = drafts.findIndex(
    ({ path, suggestion }) => path === draft.path && suggestion.startLine <= endLine && startLine <= suggestion.endLine,
  );
  const other = drafts[index];
  if (other === undefined) return draft.findings.some(isAnnounced) && drafts.push(draft) > 0;
  if (other.suggestion.hash !== hash || other.suggestion.startLine !== startLine) return false;
  drafts[index] = { ...other, findings: [...other.findings, ...draft.findings] };
  return true;
}
