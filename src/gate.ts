import path from 'node:path';
import { discover } from './discover/discover.ts';
import { runEngines } from './engines/run.ts';
import { collectFindings } from './findings/collect.ts';
import { parseInputs } from './inputs/inputs.ts';
import type { RawInputs } from './inputs/raw-inputs.ts';
import type { ToolProvider } from './model/tool.ts';
import type { Verdict } from './model/verdict.ts';
import type { Ports } from './ports/ports.ts';
import { createCanonicalizer } from './render/canonical.ts';
import { render } from './render/render.ts';
import { publishAll } from './reports/publish.ts';
import type { Delivery } from './reports/reporter.ts';
import { judge } from './verdict/judge.ts';

export interface GateContext {
  readonly ports: Ports;
  /** For engines; in `auto` mode it refuses what takes too long to install. */
  readonly engineTools: ToolProvider;
  /** For helm and kustomize: without them there is nothing to judge, so they are installed however long it takes. */
  readonly rendererTools: ToolProvider;
  readonly gateRoot: string;
  readonly cacheDir: string;
  readonly tempDir: string;
  readonly signal: AbortSignal;
  readonly stdout: (text: string) => void;
  readonly terminal: { readonly color: boolean; readonly width: number };
  readonly gateVersion: string;
}

export interface GateResult {
  readonly verdict: Verdict;
  readonly deliveries: readonly Delivery[];
}

/** inputs -> discover -> render -> engines -> findings -> verdict -> reports. Throws GateError only where there is nothing to judge by (bad inputs or configuration). */
export async function runGate(raw: RawInputs, context: GateContext): Promise<GateResult> {
  const { ports, signal, tempDir } = context;
  const { config, engines, reporters, timeoutMs } = await parseInputs(raw, ports);
  const sources = await discover(config, ports);
  const set = await render(sources, config, {
    ports,
    tools: context.rendererTools,
    tempDir: path.join(tempDir, 'render'),
    signal,
  });
  const canonical = createCanonicalizer(ports.files);
  const runs = await runEngines(engines, set, { ...context, ...config, canonical, timeoutMs, tools: context.engineTools });
  const findings = collectFindings(runs, set);
  const titles = Object.fromEntries(engines.map((engine) => [engine.id, engine.title]));
  const verdict = judge({ set, runs, findings, titles }, config);
  const deliveries = await publishAll(
    verdict,
    reporters,
    { gateVersion: context.gateVersion, ...context.terminal },
    { ...ports, stdout: context.stdout },
  );
  return { verdict, deliveries };
}
