import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Report } from '../src/reports/json/schema.ts';
import { type Bench, newFolder } from './bench.ts';
import { type Measured, measured } from './measured.ts';
import { once } from './once.ts';
import { topFunctions } from './profile.ts';

export const root = path.join(import.meta.dirname, '..');
/** What users run: the committed bundle. */
export const command = path.join(root, 'dist', 'cli', 'index.js');

export interface GateRun extends Measured {
  readonly report: Report;
}

export interface GateWanted {
  readonly workspace: string;
  readonly engines: readonly string[];
  readonly cacheDir: string;
  /** Whether results of an earlier run are used; only if that is what is measured. */
  readonly results?: 'used';
  readonly nodeArgs?: readonly string[];
}

/** Runs the command as a user would, and reads its JSON report. */
export async function runGate(bench: Bench, wanted: GateWanted): Promise<GateRun> {
  const reportFile = path.join(newFolder(bench, 'report'), 'report.json');
  const run = await measured(
    {
      executable: process.execPath,
      args: [
        ...(wanted.nodeArgs ?? []),
        ...[command, 'check', '--workspace', wanted.workspace, '--engines', wanted.engines.join(',')],
        ...['--cache-dir', wanted.cacheDir, '--output', `json=${reportFile}`, '--output', 'terminal'],
        ...(wanted.engines.includes('kube-linter') ? ['--tool', `kube-linter=${bench.tools.kubeLinter}`] : []),
        ...(wanted.results === 'used' || !hasResultCache() ? [] : ['--no-cache']),
      ],
      cwd: wanted.workspace,
      // Each run has its own home, in which it would create its own secret: results of the previous run would be rejected.
      env: { K8S_GATE_CACHE_SECRET: 'bench' },
      // 2 is an error of the gate, so the run measures nothing.
      answers: [0, 1],
    },
    bench.folder,
  );
  return { ...run, report: Report.parse(JSON.parse(readFileSync(reportFile, 'utf8'))) };
}

/** An empty cache folder, except for the installed engines. */
export function newCache(bench: Bench): string {
  const folder = newFolder(bench, 'cache');
  const installed = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'tools');
  symlinkSync(installed, path.join(folder, 'tools'));
  return folder;
}

/** Whether this build stores results, so that a run must turn that off. */
export const hasResultCache = once(() =>
  execFileSync(process.execPath, [command, 'check', '--help'], { encoding: 'utf8' }).includes('--no-cache'),
);

export function engineMs(report: Report, engine: string): number {
  return report.engines.find((one) => one.engine === engine)?.durationMs ?? 0;
}

/** Runs once more with V8's profiler, to show where the gate's own process spends its time. */
export async function profileGate(bench: Bench, wanted: GateWanted): Promise<readonly string[]> {
  const folder = newFolder(bench, 'profile');
  const nodeArgs = ['--cpu-prof', '--cpu-prof-dir', folder];
  const run = await runGate(bench, { ...wanted, nodeArgs });
  const engines = run.report.engines
    .filter((one) => one.durationMs !== undefined)
    .map((one) => `${one.engine} ${((one.durationMs ?? 0) / 1000).toFixed(2)} s`);
  return [`engines, by the report: ${engines.join(', ')}`, ...topFunctions(folder, 12)];
}
