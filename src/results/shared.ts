import type { Ports } from '../ports/ports.ts';
import { fromBlob, toBlob } from './blob.ts';
import { type Keeping, openResults, resultsFolder } from './open.ts';
import { placeOf, type ResultStore } from './store.ts';

/** A place for blobs that outlives the machine. */
interface BlobCache {
  read(prefix: string): Promise<Uint8Array | undefined>;
  write(key: string, blob: Uint8Array): Promise<void>;
}

export interface Sharing extends Keeping {
  readonly ports: Pick<Ports, 'files' | 'clock' | 'log'>;
  /** Absent: the runner has none, and results stay in the folder. */
  readonly cache: BlobCache | undefined;
  /** Of this gate: gates of a matrix keep their results apart. */
  readonly gateName: string;
  /** Never used by another run. */
  readonly runId: string;
}

/** As `openResults`, over a cache that runs on other machines share. A cache that fails costs time only. */
export async function openSharedResults(sharing: Sharing): Promise<ResultStore> {
  const { cache, build, secret, cacheDir, gateName, runId, ports } = sharing;
  if (cache === undefined || build === undefined || secret === undefined) return openResults(sharing);
  const place = placeOf(resultsFolder(cacheDir), build);
  const prefix = `k8s-gate-results-${build.slice(0, 16)}-${gateName.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}-`;
  await quietly('read', ports, async () => {
    const blob = await cache.read(prefix);
    if (blob !== undefined) await fromBlob(blob, place, ports.files);
  });
  const store = await openResults(sharing);
  return {
    ...store,
    async save() {
      const changed = store.changed();
      await store.save();
      if (!changed) return;
      await quietly('written', ports, async () => {
        const blob = await toBlob(place, ports.files);
        if (blob !== undefined) await cache.write(`${prefix}${runId}`, blob);
      });
    },
  };
}

async function quietly(verb: string, { log }: Pick<Ports, 'log'>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    log.warn(
      `results were not ${verb}, which only costs time: ${thrown instanceof Error ? thrown.message.slice(0, 300) : 'no reason given'}`,
    );
  }
}
