import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';

const executable = path.join(import.meta.dirname, '../../node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool');

/** Why the validator can't run here, or undefined where it can. */
export const noSarifValidator: string | undefined = existsSync(executable) ? undefined : 'the SARIF validator is a Linux package';

const Output = z.object({
  runs: z.tuple([
    z.object({
      invocations: z.array(z.object({ executionSuccessful: z.literal(true) })),
      results: z.array(z.object({ ruleId: z.string(), level: z.string().default('warning'), message: z.object({}).loose() })),
    }),
  ]),
});
export interface SarifComplaint {
  readonly rule: string;
  readonly level: string;
  readonly text: string;
}

/** What Microsoft's SARIF validator says of a log, by the rules of the standard and of GitHub code scanning. */
export function validateSarif(log: string): readonly SarifComplaint[] {
  // npm's own install script does this; it doesn't run where install scripts are off.
  chmodSync(executable, 0o755);
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-sarif-'));
  try {
    writeFileSync(path.join(folder, 'log.sarif'), log);
    const args = ['validate', 'log.sarif', '--output', 'out.sarif', '--rule-kind', 'Sarif;Ghas', '--quiet'];
    const run = spawnSync(executable, args, {
      cwd: folder,
      env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', HOME: folder },
      encoding: 'utf8',
    });
    if (run.status !== 0)
      throw new Error(`the SARIF validator ended with ${run.status ?? run.signal}: ${run.stdout}${run.stderr}`);
    const { runs } = Output.parse(JSON.parse(readFileSync(path.join(folder, 'out.sarif'), 'utf8')));
    return runs[0].results.map(({ ruleId, level, message }) => ({ rule: ruleId, level, text: JSON.stringify(message) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
