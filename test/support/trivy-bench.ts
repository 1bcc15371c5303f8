import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import type { EngineContext } from '../../src/engines/engine.ts';
import { runOf } from '../../src/engines/part.ts';
import { createResults, type Results } from '../../src/engines/results.ts';
import { trivyEngine } from '../../src/engines/trivy/engine.ts';
import { type TrivyOptions, trivyOptionsSchema } from '../../src/engines/trivy/options.ts';
import type { AttestedSboms } from '../../src/model/attested-sbom.ts';
import type { Canonicalizer } from '../../src/model/canonical.ts';
import type { CompletedRun, Coverage } from '../../src/model/engine-run.ts';
import type { EngineFinding } from '../../src/model/finding.ts';
import type { GateError } from '../../src/model/gate-error.ts';
import type { Image, ImageSource } from '../../src/model/image.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { LicensePolicy } from '../../src/model/license-policy.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Tool } from '../../src/model/tool.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { EnginePorts, Log } from '../../src/ports/ports.ts';
import { manifestSet, resource } from './model.ts';
import { plainCanonicalizer } from './plain-canonicalizer.ts';
import { emptyFolder } from './temp-folders.ts';

export interface Bench {
  readonly tool: Tool | undefined;
  readonly resources?: readonly Resource[];
  readonly images?: readonly Image[];
  readonly options?: z.input<typeof trivyOptionsSchema>;
  readonly workspace?: string;
  /** Default: an empty one. */
  readonly cacheDir?: string;
  readonly canonical?: Canonicalizer;
  readonly results?: Results;
  /** What the gate itself was started with. */
  readonly env?: Readonly<Record<string, string>>;
  readonly ports?: (real: EnginePorts) => EnginePorts;
  /** Registries that may be on this machine. */
  readonly named?: readonly string[];
  /** Whether the packages of images are wanted. */
  readonly packages?: boolean;
  readonly licenses?: LicensePolicy;
  readonly sboms?: AttestedSboms;
  readonly signal?: AbortSignal;
  /** Everything that was logged goes here. */
  readonly logged?: string[];
}

/** What the gate would hand to the engine. */
export function trivyContext(bench: Bench): EngineContext<TrivyOptions> {
  const folder = emptyFolder();
  const workdir = path.join(folder, 'work');
  mkdirSync(workdir);
  const note = (text: string) => void bench.logged?.push(text);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const real = createNodePorts({ log, env: { PATH: '/usr/bin:/bin', ...bench.env } });
  return {
    set: manifestSet({ resources: bench.resources ?? [], images: bench.images ?? [] }),
    options: trivyOptionsSchema.parse(bench.options ?? {}),
    mode: 'strict',
    ports: bench.ports?.(real) ?? real,
    tool: bench.tool,
    workspace: bench.workspace ?? folder,
    trusted: bench.workspace ?? folder,
    workdir,
    gateRoot: folder,
    cacheDir: bench.cacheDir ?? path.join(folder, 'cache'),
    timeoutMs: 120_000,
    concurrency: 2,
    signal: bench.signal ?? new AbortController().signal,
    progress: note,
    canonical: bench.canonical ?? plainCanonicalizer,
    results: bench.results ?? createResults(),
    namedRegistries: () => Promise.resolve(bench.named ?? []),
    ...(bench.packages !== undefined && { packages: bench.packages }),
    ...(bench.licenses !== undefined && { licenses: bench.licenses }),
    ...(bench.sboms !== undefined && { sboms: bench.sboms }),
  };
}

/** Runs the engine as the gate would. */
export async function runTrivyEngine(bench: Bench): Promise<CompletedRun> {
  const run = await trivyEngine.run(trivyContext(bench));
  return runOf('trivy', run, { version: bench.tool?.version ?? 'unknown', durationMs: 0 });
}

export function imageOf(reference: string, source: ImageSource = { kind: 'registry' }): Image {
  return { reference, source, uses: [] };
}

export function objectOf(uid: string, kind: string, rest: JsonObject): Resource {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1';
  const object = {
    apiVersion,
    kind,
    metadata: { name: uid, namespace: 'shop' },
    ...rest,
  };
  return resource({ uid, apiVersion, kind, name: uid, object });
}

export function statuses(run: CompletedRun): Readonly<Record<string, Coverage['status']>> {
  return Object.fromEntries(run.coverage.map((entry) => [nameOf(entry), entry.status]));
}

function nameOf({ target }: Coverage): string {
  if (target.kind === 'resource') return target.resource;
  return target.kind === 'image' ? target.reference : target.kind;
}

export function errors(run: CompletedRun): readonly GateError[] {
  return run.coverage.flatMap((entry) => (entry.status === 'failed' ? [entry.error] : []));
}

/** `CVE-2025-9230 libcrypto3 3.5.1-r0` */
export function imageFindings(run: CompletedRun, reference: string): readonly string[] {
  return run.findings
    .filter((found) => found.subject.kind === 'image' && found.subject.reference === reference)
    .map((found) => `${found.rule} ${found.subject.kind === 'image' ? found.subject.component : ''}`)
    .toSorted();
}

export function rules(findings: readonly EngineFinding[], category: EngineFinding['category']): readonly string[] {
  return findings.filter((found) => found.category === category).map((found) => found.rule);
}
