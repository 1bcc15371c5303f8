import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';

const executable = path.join(import.meta.dirname, '../../node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool');

/** Why the validator can't run here; undefined if it can. */
export const noSarifValidator: string | undefined = existsSync(executable) ? undefined : 'the SARIF validator is a Linux package';

const Place = z.object({ physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }) });
const Output = z.object({
  runs: z.tuple([
    z.object({
      invocations: z.array(z.object({ executionSuccessful: z.literal(true) })),
      results: z.array(
        z.object({
          ruleId: z.string(),
          level: z.string().default('warning'),
          message: z.object({}).loose(),
          locations: z.array(Place).min(1),
        }),
      ),
    }),
  ]),
});
export interface SarifComplaint {
  /** The name under which the log was passed. */
  readonly log: string;
  readonly rule: string;
  readonly level: string;
  readonly text: string;
}

/**
 * What Microsoft's SARIF validator reports about these logs (name -> text), by the rules of the standard and of GitHub code scanning. The
 * validator is a .NET program that takes a second to start, so pass all logs at once.
 */
export function validateSarif(logs: Readonly<Record<string, string>>): readonly SarifComplaint[] {
  // npm's own install script does this; it doesn't run if install scripts are disabled.
  chmodSync(executable, 0o755);
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-sarif-'));
  try {
    const files = Object.keys(logs).map((name) => `${name}.sarif`);
    for (const [name, log] of Object.entries(logs)) writeFileSync(path.join(folder, `${name}.sarif`), log);
    const args = ['validate', ...files, '--output', 'out.sarif', '--rule-kind', 'Sarif;Ghas', '--quiet'];
    const run = spawnSync(executable, args, {
      cwd: folder,
      env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', HOME: folder },
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    if (run.status !== 0)
      throw new Error(`the SARIF validator ended with ${run.status ?? run.signal}: ${run.stdout}${run.stderr}`);
    if (!run.stdout.includes(`\nDone. ${files.length} files scanned.`))
      throw new Error(`the SARIF validator did not read all of ${files.join(', ')}: ${run.stdout.slice(-400)}`);
    const [{ results }] = Output.parse(JSON.parse(readFileSync(path.join(folder, 'out.sarif'), 'utf8'))).runs;
    return results.map(({ ruleId, level, message, locations }) => ({
      log: path.basename(locations[0]?.physicalLocation.artifactLocation.uri ?? '', '.sarif'),
      rule: ruleId,
      level,
      text: JSON.stringify(message),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
