import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../src/engines/engine.ts';
import { runOf } from '../../src/engines/part.ts';
import { createResults } from '../../src/engines/results.ts';
import type { CompletedRun } from '../../src/model/engine-run.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Tool } from '../../src/model/tool.ts';
import type { Command, EnginePorts, ProcessResult } from '../../src/ports/ports.ts';
import { manifestSet } from './model.ts';
import { nodePorts } from './node-ports.ts';
import { plainCanonicalizer } from './plain-canonicalizer.ts';
import { emptyFolder } from './temp-folders.ts';

const root = path.join(import.meta.dirname, '../..');

export interface LintBench {
  readonly options?: unknown;
  readonly resources?: readonly Resource[];
  readonly tool?: Tool;
  readonly ports?: EnginePorts;
  /** What is in the repository: text, or where a symlink leads. */
  readonly files?: Readonly<Record<string, string | { readonly link: string }>>;
  /** Age of those files, in days. */
  readonly ageDays?: number;
  /** policies/severity.yaml; left out, the shipped one. */
  readonly severities?: string;
  /** The installation; left out, a folder with nothing but the severities. */
  readonly gateRoot?: string;
}

/** Runs an engine with the shipped severities in a repository of a few files. Rejects where the engine throws. */
export async function judgeWith<Options>(
  engine: Engine<Options>,
  bench: LintBench,
): Promise<CompletedRun & { readonly workspace: string }> {
  const folder = emptyFolder();
  const workspace = path.join(folder, 'repo');
  const workdir = path.join(folder, 'work');
  const gateRoot = path.join(folder, 'gate');
  for (const made of [workspace, workdir, gateRoot]) mkdirSync(made);
  const place = (file: string, text: string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  place(
    path.join(gateRoot, 'policies/severity.yaml'),
    bench.severities ?? readFileSync(path.join(root, 'policies/severity.yaml'), 'utf8'),
  );
  for (const [name, content] of Object.entries(bench.files ?? {})) {
    const file = path.join(workspace, name);
    if (typeof content !== 'string') symlinkSync(content.link, file);
    else {
      place(file, content.replaceAll('$WORKSPACE', workspace));
      const time = Date.now() / 1000 - (bench.ageDays ?? 0) * 86_400;
      utimesSync(file, time, time);
    }
  }
  const run = await engine.run({
    set: manifestSet({ resources: bench.resources ?? [] }),
    options: engine.options.parse(bench.options ?? {}),
    mode: 'strict',
    ports: bench.ports ?? nodePorts,
    tool: bench.tool,
    workspace,
    trusted: workspace,
    workdir,
    gateRoot: bench.gateRoot ?? gateRoot,
    cacheDir: path.join(folder, 'cache'),
    timeoutMs: 60_000,
    concurrency: 2,
    signal: new AbortController().signal,
    progress: () => {},
    canonical: plainCanonicalizer,
    results: createResults(),
    namedRegistries: () => Promise.resolve([]),
  });
  return { ...runOf(engine.id, run, { version: bench.tool?.version ?? 'unknown', durationMs: 0 }), workspace };
}

/** A child process that answers as configured. */
export function answering(reply: (command: Command) => Partial<ProcessResult>, find?: string): EnginePorts {
  const run = (command: Command): Promise<ProcessResult> =>
    Promise.resolve({ exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 1, ...reply(command) });
  return { ...nodePorts, processes: { run, find: () => Promise.resolve(find) } };
}
