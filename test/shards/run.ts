import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTools } from '../../src/commands/tools.ts';
import { createResults } from '../../src/engines/results.ts';
import { type GateContext, runGate } from '../../src/gate.ts';
import type { RawInputs } from '../../src/inputs/raw-inputs.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { Log } from '../../src/ports/ports.ts';
import { root } from '../support/root.ts';
import { emptyFolder } from '../support/temp-folders.ts';

export interface Asked {
  readonly workspace: string;
  readonly engines: string;
  readonly raw?: Partial<RawInputs>;
  readonly context?: Partial<Pick<GateContext, 'baseSha' | 'gateVersion' | 'signal' | 'change' | 'github'>>;
  /** `trivy=/path`, each. */
  readonly tools?: readonly string[];
  /** Where tools and databases are; left out: this user's. */
  readonly cacheDir?: string;
}
export interface Answer {
  readonly verdict: Verdict;
  /** The JSON report, parsed, without times and notes: what a whole run and a merge must have alike. */
  readonly report: unknown;
  readonly log: readonly string[];
}

const home = process.env.XDG_CACHE_HOME ?? path.join(process.env.HOME ?? '/root', '.cache');

/** The gate in this process, with real ports and tools. */
export async function judge({ workspace, engines, raw = {}, context = {}, tools: given = [], cacheDir }: Asked): Promise<Answer> {
  const said: string[] = [];
  const keep = (text: string): void => void said.push(text);
  const log: Log = { debug: () => {}, info: keep, warn: keep, error: keep };
  const ports = createNodePorts({ log, env: process.env });
  const signal = context.signal ?? new AbortController().signal;
  const cache = cacheDir ?? path.join(home, 'k8s-gate');
  const tools = await createTools(
    { given, cacheDir: cache, mirror: undefined, auto: engines === 'auto' },
    { ports, gateRoot: root, env: process.env, signal },
  );
  const file = path.join(emptyFolder(), 'report.json');
  const asked: RawInputs = {
    workspace,
    paths: [],
    exclude: [],
    engines,
    cores: 2,
    publish: [],
    ...raw,
    outputs: [{ id: 'json', destination: { kind: 'file', path: file } }, ...(raw.outputs ?? [])],
  };
  const { verdict } = await runGate(asked, {
    ports,
    ...tools,
    gateRoot: root,
    cacheDir: cache,
    results: createResults(),
    tempDir: emptyFolder(),
    stdout: () => {},
    terminal: { color: false, width: 120 },
    gateVersion: '1.0.0',
    ...context,
    signal,
  });
  return { verdict, report: timeless(JSON.parse(readFileSync(file, 'utf8'))), log: said };
}

function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['generatedAt', 'durationMs', 'notes'].includes(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, timeless(item)]));
}

/** Runs all shards, one after the other; answers with the folder of their reports. */
export async function divide(
  asked: Asked,
  count: number,
): Promise<{ readonly folder: string; readonly shards: readonly Answer[] }> {
  const folder = emptyFolder();
  mkdirSync(folder, { recursive: true });
  const shards: Answer[] = [];
  for (let index = 1; index <= count; index++) shards.push(await judgeShard(asked, `${index}/${count}`, reportOf(folder, index)));
  return { folder, shards };
}

export function judgeShard(asked: Asked, shard: string, report: string): Promise<Answer> {
  return judge({ ...asked, raw: { ...asked.raw, scale: { kind: 'shard', shard, report } } });
}

export function reportOf(folder: string, index: number): string {
  return path.join(folder, `shard-${index}.json`);
}

export function merge(asked: Asked, ...from: readonly string[]): Promise<Answer> {
  return judge({ ...asked, raw: { ...asked.raw, scale: { kind: 'merge', from } } });
}
