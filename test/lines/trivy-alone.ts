import { spawnSync } from 'node:child_process';
import path from 'node:path';
import * as z from 'zod';
import { repository } from '../render/bench.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import type { LineCase } from './labels.ts';

/** Labels that any of trivy's findings names. */
export interface Alone {
  readonly exact: number;
  readonly sameFile: number;
}

const report = z.looseObject({
  Results: z
    .array(
      z.looseObject({
        Target: z.string(),
        Misconfigurations: z
          .array(z.looseObject({ CauseMetadata: z.looseObject({ StartLine: z.number().optional() }) }))
          .optional(),
      }),
    )
    .optional(),
});

/**
 * What `trivy config` reports for the same repositories, in its favor: a label counts as exact where a finding of any kind, of any resource,
 * starts at its line, and as the same file where there is one in its file.
 */
export function trivyAlone(executable: string, cases: readonly LineCase[]): Alone {
  const files = cases.flatMap((one, index) =>
    Object.entries(one.files).map(([file, text]) => [`${index}/${file}`, text] as const),
  );
  const folder = repository(Object.fromEntries(files));
  const home = emptyFolder();
  const options = ['--skip-check-update', '--skip-version-check', '--disable-telemetry', '--quiet', '--format', 'json'];
  const run = spawnSync(executable, ['config', '--misconfig-scanners', 'kubernetes,helm', ...options, folder], {
    env: { HOME: home, PATH: path.dirname(executable) },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 240_000,
  });
  if (run.status !== 0) throw new Error(`trivy config: ${run.stderr.slice(-500)}`);
  const lines = new Map<string, Set<number>>();
  for (const { Target, Misconfigurations } of report.parse(JSON.parse(run.stdout)).Results ?? []) {
    const known = lines.get(Target) ?? new Set();
    for (const { CauseMetadata } of Misconfigurations ?? []) known.add(CauseMetadata.StartLine ?? 0);
    if (known.size > 0) lines.set(Target, known);
  }
  const labels = cases.flatMap(({ findings }, index) => findings.map(({ file, line }) => ({ file: `${index}/${file}`, line })));
  return {
    exact: labels.filter(({ file, line }) => lines.get(file)?.has(line)).length,
    sameFile: labels.filter(({ file, line }) => lines.has(file) && !lines.get(file)?.has(line)).length,
  };
}
