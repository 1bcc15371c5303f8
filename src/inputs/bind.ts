import path from 'node:path';
import * as z from 'zod';
import type { BoundEngine, EngineEntry } from '../engines/engine.ts';
import type { EngineMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import type { Publisher } from '../reports/publisher.ts';
import { publishers, reporters } from '../reports/registry.ts';
import type { BoundReporter } from '../reports/reporter.ts';
import type { LoadedConfig } from './config-file.ts';
import type { OutputRequest } from './raw-inputs.ts';

export interface EngineSelection {
  readonly mode: EngineMode;
  /** Absent: all that the configuration leaves on. */
  readonly only?: readonly string[];
}

/** `strict`, `auto`, or a list of ids: who names an engine wants it, so a list is strict. */
export function parseSelection(text: string, known: readonly string[]): EngineSelection {
  const words = text.split(/[,\s]+/).filter((word) => word !== '');
  if (words.length === 1 && (words[0] === 'strict' || words[0] === 'auto')) return { mode: words[0] };
  if (words.length === 0)
    throw new GateError('INPUT_INVALID', {
      message: 'engines: no engine is named',
      expected: `strict, auto, or a list of ${known.join(', ')}`,
    });
  for (const word of words) {
    if (known.includes(word)) continue;
    const near = nearest(word, [...known, 'strict', 'auto']);
    throw new GateError('INPUT_INVALID', {
      message: `engines: there is no engine \`${word}\``,
      expected: near === undefined ? `strict, auto, or a list of ${known.join(', ')}` : `\`${near}\``,
    });
  }
  return { mode: 'strict', only: words };
}

/** Each engine of the registry with its part of the configuration, on or off. */
export function bindEngines(
  entries: readonly EngineEntry[],
  loaded: LoadedConfig,
  selection: EngineSelection,
): readonly BoundEngine[] {
  const parts: Readonly<Record<string, unknown>> = loaded.config.engines ?? {};
  return entries.map((entry) => {
    const part = parts[entry.id];
    const enabled = part !== false && (selection.only?.includes(entry.id) ?? true);
    try {
      return entry.bind(typeof part === 'object' ? part : {}, enabled);
    } catch (thrown) {
      if (thrown instanceof z.ZodError) throw loaded.issues(thrown, entry.options, ['engines', entry.id]);
      throw thrown;
    }
  });
}

/** A reporter with its destination; a default file is below `folder`. */
export function bindOutput({ id, destination }: OutputRequest, folder: string): BoundReporter {
  const reporter = reporters.find((candidate) => candidate.id === id);
  if (reporter === undefined) throw unknownReport(id);
  if (destination !== undefined) return { reporter, destination };
  if (reporter.defaultFile === undefined) return { reporter, destination: { kind: 'stdout' } };
  return { reporter, destination: { kind: 'file', path: path.resolve(folder, reporter.defaultFile) } };
}

function unknownReport(id: string): GateError {
  const known = reporters.map((candidate) => candidate.id);
  const near = nearest(id, known);
  return new GateError('INPUT_INVALID', {
    message: `output: there is no report \`${id}\``,
    expected: near === undefined ? `one of ${known.join(', ')}` : `\`${near}\``,
  });
}

/** The report that `comment` is about. */
export const commentId = 'pull-request-comment';

/** A report that goes to GitHub. */
export function bindPublisher(id: string): Publisher {
  const publisher = publishers.find((candidate) => candidate.id === id);
  if (publisher !== undefined) return publisher;
  throw new GateError('INTERNAL', { message: `there is no report \`${id}\` for GitHub` });
}
