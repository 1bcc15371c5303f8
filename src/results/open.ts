import path from 'node:path';
import { createResults } from '../engines/results.ts';
import type { Ports } from '../ports/ports.ts';
import { openStore, type ResultStore } from './store.ts';

export interface Keeping {
  readonly ports: Pick<Ports, 'files' | 'clock' | 'log'>;
  /** Absolute; results are kept in `results/` below it. */
  readonly cacheDir: string;
  /** Absent: nothing could tell our entries from those of somebody else, so that none is used. */
  readonly secret: string | undefined;
  /** Of the gate that runs. Absent: not known, so that results of another one could be taken for its own. */
  readonly build: string | undefined;
}

export function resultsFolder(cacheDir: string): string {
  return path.join(cacheDir, 'results');
}

/** What earlier runs of this gate kept. If its own entries cannot be recognized, results are kept for this run only. */
export async function openResults({ ports, cacheDir, secret, build }: Keeping): Promise<ResultStore> {
  if (secret !== undefined && build !== undefined) return openStore({ ports, folder: resultsFolder(cacheDir), secret, build });
  return { results: createResults(), changed: () => false, save: async () => {} };
}
