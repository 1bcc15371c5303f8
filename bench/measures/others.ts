import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { type GateWanted, newCache, runGate } from '../gate.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { type Measured, measured } from '../measured.ts';
import { type Row, row, seconds, skipped, timesFaster } from '../row.ts';
import { interleaved, medianBy } from '../statistics.ts';

export const others: Measure = {
  id: 'e',
  title: 'checkov and KubeLinter alone, on the same manifests',
  how: 'The same plain manifests, evaluated by the gate with its CEL pack, by `checkov --framework kubernetes` and by `kube-linter lint`, alternately; medians. Findings are counted as each tool reports them: the tools have different rules, so their numbers cannot be compared. The figure is how many times as fast the gate is.',
  run: async (bench) => {
    const workspace = newFolder(bench, 'plain');
    writeFiles(workspace, manifestFiles({ count: bench.quick ? 20 : 500, seed: 5 }));
    const wanted = { workspace, engines: ['cel'], cacheDir: newCache(bench) };
    return [await beside(bench, wanted, 'checkov', checkov(bench)), await beside(bench, wanted, 'KubeLinter', kubeLinter(bench))];
  },
};

interface Other {
  readonly executable: string;
  readonly args: readonly string[];
  readonly findings: (run: Measured) => number;
}

async function beside(bench: Bench, wanted: GateWanted, name: string, other: Other | string): Promise<Row> {
  if (typeof other === 'string') return skipped(`${name} alone`, other);
  const { executable, args } = other;
  const runs = await interleaved(
    bench.quick ? 1 : 3,
    () => runGate(bench, wanted),
    () => measured({ executable, args, cwd: wanted.workspace, answers: [0, 1] }, bench.folder),
  );
  const [ours, theirs] = [medianBy(runs.ours, ({ wallMs }) => wallMs), medianBy(runs.other, ({ wallMs }) => wallMs)];
  const parts = {
    what: `${name} alone, wall time and findings`,
    ours: `${seconds(ours.wallMs)}, ${ours.report.findings.length} findings`,
    other: `${seconds(theirs.wallMs)}, ${other.findings(theirs)} findings`,
    value: timesFaster(ours.wallMs, theirs.wallMs),
    unit: 'times',
  } as const;
  return row(parts, () => Promise.resolve([]));
}

const CheckovReport = z.object({ summary: z.object({ failed: z.number() }) });

function checkov(bench: Bench): Other | string {
  const found = bench.tools.checkov();
  if ('missing' in found) return found.missing;
  return {
    executable: found.path,
    args: ['--directory', 'deploy', '--framework', 'kubernetes', '--output', 'json', '--compact', '--quiet', '--skip-download'],
    findings: ({ stdoutFile }) => CheckovReport.parse(JSON.parse(readFileSync(stdoutFile, 'utf8'))).summary.failed,
  };
}

const KubeLinterReport = z.object({ Reports: z.array(z.unknown()).nullable() });

function kubeLinter(bench: Bench): Other | string {
  const executable = bench.tools.kubeLinter;
  if (executable === undefined) return 'no binary on this machine; K8S_GATE_TEST_KUBE_LINTER names one';
  return {
    executable: path.resolve(executable),
    args: ['lint', '--format', 'json', 'deploy'],
    findings: ({ stdoutFile }) => KubeLinterReport.parse(JSON.parse(readFileSync(stdoutFile, 'utf8'))).Reports?.length ?? 0,
  };
}
