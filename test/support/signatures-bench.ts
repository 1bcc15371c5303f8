import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOf } from '../../src/engines/part.ts';
import { createResults } from '../../src/engines/results.ts';
import { signaturesEngine } from '../../src/engines/signatures/engine.ts';
import type { CompletedRun } from '../../src/model/engine-run.ts';
import { createNodeRegistries } from '../../src/ports/node-registries.ts';
import type { EnginePorts, ReadKeptAttestations, Registries, TrustRoots } from '../../src/ports/ports.ts';
import { image, manifestSet } from './model.ts';
import { nodePorts } from './node-ports.ts';
import { plainCanonicalizer } from './plain-canonicalizer.ts';
import { emptyFolder } from './temp-folders.ts';

export interface SignaturesBench {
  readonly images: readonly string[];
  readonly options: unknown;
  /** Files of the base commit. */
  readonly files?: Readonly<Record<string, string>>;
  readonly now?: Date;
  /** Registries that may be private, besides those of the images. */
  readonly named?: readonly string[];
  readonly registries?: Registries;
  readonly trustRoots?: TrustRoots;
  readonly keptAttestations?: ReadKeptAttestations;
}
/** Without credentials and with short pauses between attempts. */
export const registries = createNodeRegistries({
  env: { HOME: '/nonexistent' },
  processes: nodePorts.processes,
  log: nodePorts.log,
  pausesMs: [5, 5],
});

/** Runs the engine on images, with the registry port of the gate. */
export async function judgeSignatures({
  images,
  options,
  files = {},
  now,
  named,
  ...more
}: SignaturesBench): Promise<CompletedRun> {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const ports: EnginePorts = {
    ...nodePorts,
    registries: more.registries ?? registries,
    trustRoots: more.trustRoots ?? nodePorts.trustRoots,
    ...(more.keptAttestations !== undefined && { keptAttestations: more.keptAttestations }),
    clock: { ...nodePorts.clock, now: () => now ?? new Date() },
  };
  const ended = await signaturesEngine.run({
    set: manifestSet({ images: images.map((reference) => image(reference)) }),
    options: signaturesEngine.options.parse(options),
    mode: 'strict',
    ports,
    tool: undefined,
    workspace: folder,
    trusted: folder,
    workdir: folder,
    gateRoot: path.join(import.meta.dirname, '../..'),
    cacheDir: folder,
    timeoutMs: 30_000,
    concurrency: 2,
    signal: new AbortController().signal,
    progress: () => {},
    canonical: plainCanonicalizer,
    results: createResults(),
    namedRegistries: () => Promise.resolve(named ?? images.map((reference) => reference.split('/')[0] ?? '')),
  });
  return runOf('signatures', ended, { version: 'unknown', durationMs: 0 });
}

/** `untrusted-signer`, or `error IMAGE_UNAVAILABLE`; empty if everything holds. */
export function answers(run: CompletedRun): readonly string[] {
  const errors = run.coverage.flatMap((entry) => (entry.status === 'failed' ? [`error ${entry.error.code}`] : []));
  return [...run.findings.map(({ rule }) => rule), ...errors];
}
