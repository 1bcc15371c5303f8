import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { newestMinor } from '../../src/model/discovery.ts';
import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, newCache, profileGate, root, runGate } from '../gate.ts';
import { jsonSchemas } from '../inputs/json-schemas.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { measured } from '../measured.ts';
import { row, seconds, skipped } from '../row.ts';
import { interleaved, medianBy } from '../statistics.ts';

const what = 'schemas of built-in kinds, 10,000 manifests';

export const schemas: Measure = {
  id: 'g',
  title: 'the schema engine and kubeconform with the same schemas',
  how: 'The same plain manifests, validated by the engine `schema` and by `kubeconform -strict`, whose schemas are written from the same data and are on the local disk, alternately; medians. Of the gate the time of the engine counts, as reported, since it reads and renders manifests for all engines; of kubeconform the whole time. The engine also checks what the schemas do not contain. Both must find every manifest valid. The figure is the time of the engine divided by that of kubeconform.',
  run: async (bench) => {
    const tool = bench.tools.kubeconform();
    if ('missing' in tool) return [skipped(what, tool.missing)];
    const count = bench.quick ? 40 : 10_000;
    const workspace = newFolder(bench, 'plain');
    writeFiles(workspace, manifestFiles({ count, seed: 5 }));
    const location = schemaFolder(bench);
    const wanted = { workspace, engines: ['schema'], cacheDir: newCache(bench) };
    const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location, 'deploy'];
    const runs = await interleaved(
      bench.quick ? 1 : 5,
      () => runGate(bench, wanted),
      () => measured({ executable: tool.path, args, cwd: workspace, answers: [0] }, bench.folder),
    );
    const ours = medianBy(runs.ours, ({ report }) => engineMs(report, 'schema'));
    const other = medianBy(runs.other, ({ wallMs }) => wallMs);
    const { valid } = Summary.parse(JSON.parse(readFileSync(other.stdoutFile, 'utf8'))).summary;
    const { findings } = ours.report;
    if (valid !== count || findings.length > 0) throw new Error(`${valid} of ${count} are valid, ${findings.length} findings`);
    const ourMs = engineMs(ours.report, 'schema');
    const parts = {
      what,
      ours: `${seconds(ourMs)} (${seconds(ours.wallMs)} with reading and reports)`,
      other: `${seconds(other.wallMs)} kubeconform`,
      value: ourMs / other.wallMs,
      unit: 'times',
      target: { sense: 'at most', limit: 1 },
    } as const;
    return [await row(parts, () => profileGate(bench, wanted))];
  },
};

const Summary = z.object({ summary: z.object({ valid: z.number() }) });

function schemaFolder(bench: Bench): string {
  const folder = newFolder(bench, 'schemas');
  writeFiles(folder, jsonSchemas(readFileSync(path.join(root, 'openapi', 'kubernetes.json'), 'utf8'), newestMinor));
  return `${folder}/{{.ResourceKind}}{{.KindSuffix}}.json`;
}
