import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Engine } from '../../src/engines/engine.ts';
import { runOf } from '../../src/engines/part.ts';
import { createResults, type Results } from '../../src/engines/results.ts';
import type { CompletedRun } from '../../src/model/engine-run.ts';
import { formatPath } from '../../src/model/field-path.ts';
import type { EngineFinding } from '../../src/model/finding.ts';
import { GateError } from '../../src/model/gate-error.ts';
import { isObject } from '../../src/model/json.ts';
import type { PolicyFile, PolicyLanguage } from '../../src/model/policy.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Tool } from '../../src/model/tool.ts';
import type { EnginePorts } from '../../src/ports/ports.ts';
import { parseYaml } from '../../src/yaml/yaml.ts';
import { manifestSet, resource } from './model.ts';
import { nodePorts } from './node-ports.ts';
import { plainCanonicalizer } from './plain-canonicalizer.ts';
import { emptyFolder } from './temp-folders.ts';

export interface PolicyBench {
  readonly tool: Tool | undefined;
  readonly policies: readonly PolicyFile[];
  readonly resources: readonly Resource[];
  readonly options?: unknown;
  readonly ports?: EnginePorts;
  readonly timeoutMs?: number;
  /** Of earlier runs; absent: none. */
  readonly results?: Results;
}

/** Runs an engine that judges by the user's policies, as the gate would. Rejects where the engine throws. */
export async function judgeByPolicies<Options>(engine: Engine<Options>, bench: PolicyBench): Promise<CompletedRun> {
  const folder = emptyFolder();
  const workdir = path.join(folder, 'work');
  mkdirSync(workdir);
  const run = await engine.run({
    set: manifestSet({ resources: bench.resources, policies: bench.policies }),
    options: engine.options.parse(bench.options ?? {}),
    mode: 'strict',
    ports: bench.ports ?? nodePorts,
    tool: bench.tool,
    workspace: folder,
    trusted: folder,
    workdir,
    gateRoot: path.join(import.meta.dirname, '../..'),
    cacheDir: path.join(folder, 'cache'),
    timeoutMs: bench.timeoutMs ?? 30_000,
    concurrency: 2,
    signal: new AbortController().signal,
    progress: () => {},
    canonical: plainCanonicalizer,
    results: bench.results ?? createResults(),
    namedRegistries: () => Promise.resolve([]),
  });
  return runOf(engine.id, run, { version: bench.tool?.version ?? 'unknown', durationMs: 0 });
}

export function policy(
  language: PolicyLanguage,
  text: string,
  file = `policies/own.${language === 'rego' ? 'rego' : 'yaml'}`,
): PolicyFile {
  return { file, language, text };
}

/** A policy of examples/policies. */
export function examplePolicy(language: PolicyLanguage, file: string): PolicyFile {
  const relative = `examples/policies/${language}/${file}`;
  return policy(language, readFileSync(path.join(import.meta.dirname, '../..', relative), 'utf8'), relative);
}

const header = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

/** A resource from YAML; `uid` unless given is its name. */
export function manifest(text: string, part: Partial<Resource> = {}): Resource {
  const object = parseYaml({ file: 'manifest.yaml', text })[0]?.value;
  if (!isObject(object)) throw new Error('no object in the manifest');
  const { apiVersion, kind, metadata } = header.parse(object);
  const { namespace: _shop, ...bare } = resource({
    uid: part.uid ?? metadata.name,
    apiVersion,
    kind,
    name: metadata.name,
    object,
  });
  return { ...bare, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }), ...part };
}

export function errorsOf(run: CompletedRun): readonly GateError[] {
  return run.coverage.flatMap((entry) => (entry.status === 'failed' ? [entry.error] : []));
}

/** uid -> status */
export function statusesOf(run: CompletedRun): Readonly<Record<string, string>> {
  return Object.fromEntries(
    run.coverage.map(({ target, status }) => [target.kind === 'resource' ? target.resource : target.kind, status]),
  );
}

/** The GateError that a run is refused with. */
export async function refusal(run: Promise<unknown>): Promise<GateError> {
  const thrown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof GateError)) throw new Error(`expected a GateError, got ${String(thrown)}`);
  return thrown;
}

/** `allowed_registries.deny high web spec.containers[0].image` */
export function summary(findings: readonly EngineFinding[]): readonly string[] {
  return findings.map(({ rule, severity, subject }) => `${rule} ${severity} ${place(subject)}`.trim()).toSorted();
}

function place(subject: EngineFinding['subject']): string {
  if (subject.kind === 'resource') return `${subject.resource} ${formatPath(subject.path)}`;
  return subject.kind === 'file' ? `${subject.location.file}:${subject.location.line}` : subject.kind;
}
