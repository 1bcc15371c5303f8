import type { CompletedRun, Coverage } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';

/** An engine's results for some of its targets, or for all. `packages` are never stored. */
export interface Part
  extends Pick<CompletedRun, 'findings' | 'coverage' | 'notes' | 'digests' | 'databases' | 'packages'>,
    Partial<Pick<CompletedRun, 'version' | 'durationMs'>> {
  /** Notes about one target, by its key; not included in `notes`. */
  readonly targetNotes?: ReadonlyMap<string, readonly string[]>;
}

export const nothing: Part = { findings: [], coverage: [], notes: [] };

/** All notes of a part, in one list. */
export function notesOf({ notes, targetNotes }: Part): readonly string[] {
  return [...(targetNotes?.values() ?? [])].flat().concat(notes);
}

export function joined(parts: readonly Part[], notes: readonly string[] = []): Part {
  return {
    findings: parts.flatMap((part) => part.findings),
    coverage: parts.flatMap((part) => part.coverage),
    notes: [...parts.flatMap((part) => part.notes), ...notes],
    targetNotes: new Map(parts.flatMap((part) => [...(part.targetNotes ?? [])])),
    digests: Object.assign({}, ...parts.map((part) => part.digests ?? {})),
    ...(parts.some((part) => part.packages !== undefined) && {
      packages: Object.assign({}, ...parts.map((part) => part.packages ?? {})),
    }),
  };
}

/** The result for one target. */
export interface Judged {
  readonly findings: readonly EngineFinding[];
  readonly coverage: Coverage;
  readonly notes?: readonly string[];
}

export function together(judged: readonly Judged[], notes: readonly string[] = []): Part {
  return {
    findings: judged.flatMap(({ findings }) => findings),
    coverage: judged.map(({ coverage }) => coverage),
    notes: [...judged.flatMap((one) => one.notes ?? []), ...notes],
  };
}

/** What an engine returned as its run. `measured`: unless the part has its own. */
export function runOf(engine: string, part: Part, measured: Pick<CompletedRun, 'version' | 'durationMs'>): CompletedRun {
  const { targetNotes: _notes, ...result } = part;
  return { ...measured, ...result, status: 'completed', engine, notes: notesOf(part) };
}
