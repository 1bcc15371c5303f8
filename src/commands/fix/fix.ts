import path from 'node:path';
import type { Given } from '../../inputs/options/table.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { CommandContext } from '../command.ts';
import type { Wanted } from './run.ts';

interface Asked {
  readonly given: Given;
  readonly wanted: Wanted;
  /** One run of the gate that reports nothing. */
  readonly judge: (given: Given, context: CommandContext) => Promise<Verdict>;
}

/** Applies suggestions and prints what was done. Gives the verdict on what the files contain now. */
export async function fix(
  { given, wanted, judge }: Asked,
  context: CommandContext,
  print: (text: string) => void,
): Promise<Verdict> {
  const [{ fixInMemory, writeFiles }, { showFixes }] = await Promise.all([import('./run.ts'), import('./show.ts')]);
  const dryRun = given.dryRun === true;
  const tempDir = await context.ports.files.makeTempDir('k8s-gate-fix-');
  try {
    const workspace = path.resolve(context.cwd, given.workspace ?? '.');
    const outcome = await fixInMemory({ workspace, tempDir, given, wanted, judge }, context);
    if (!dryRun) await writeFiles(outcome, context.ports);
    print(showFixes(outcome, { dryRun, onlyAnnounced: !wanted.all && wanted.rules.length === 0, ...context.terminal }));
    return dryRun ? outcome.before : outcome.after;
  } finally {
    await context.ports.files.remove(tempDir);
  }
}
