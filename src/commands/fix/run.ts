import path from 'node:path';
import type { Given } from '../../inputs/options/table.ts';
import { GateError } from '../../model/gate-error.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { Log, Ports } from '../../ports/ports.ts';
import type { CommandContext } from '../command.ts';
import { copyWith, movedTo } from './copy.ts';
import { createReader, openRepository, type Repository, withTexts } from './files.ts';
import { type Fixed, fixAll } from './fix-all.ts';

/** Which findings are fixed. */
export interface Wanted {
  /** Also those that the severity policy allows. */
  readonly all: boolean;
  /** Only these rules, `cel/privileged` or `privileged`. Empty: every rule. */
  readonly rules: readonly string[];
}

export interface Outcome extends Fixed {
  readonly before: Verdict;
  readonly wanted: readonly JudgedFinding[];
  /** The new text and the old one of each edited file, by its path from the root of the repository. */
  readonly files: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  readonly repository: Repository;
}

interface Asked {
  readonly workspace: string;
  /** Empty; removed by the caller. */
  readonly tempDir: string;
  readonly given: Given;
  readonly wanted: Wanted;
  readonly judge: (given: Given, context: CommandContext) => Promise<Verdict>;
}

/** Judges, applies suggestions in memory, and judges again. Nothing is written to the repository. */
export async function fixInMemory(asked: Asked, context: CommandContext): Promise<Outcome> {
  const { workspace, tempDir, given, judge } = asked;
  const { ports } = context;
  const { all, rules } = asked.wanted;
  const repository = await openRepository(workspace, ports);
  const read = createReader(repository, ports);
  const before = await judge(given, context);
  const wants = ({ finding, action, waiver }: JudgedFinding): boolean =>
    waiver === undefined &&
    (all || rules.length > 0 || action !== 'allow') &&
    (rules.length === 0 ||
      finding.sources.some(({ engine, rule }) => rules.includes(rule) || rules.includes(`${engine}/${rule}`)));
  const quiet = { ...context, ports: { ...ports, log: errorsOnly(ports.log) } };
  let round = 0;
  const fixed = await fixAll(before, {
    read,
    wants,
    judge: async (texts) => {
      round += 1;
      ports.log.info(`checking ${texts.size === 1 ? '1 edited file' : `${texts.size} edited files`} (round ${round})`);
      if (repository.inGit) return judge(given, { ...quiet, ports: withTexts(texts, repository, quiet.ports) });
      const copy = await copyWith(texts, workspace, path.join(tempDir, String(round)), ports.files);
      return judge(...movedTo(copy, workspace, given, quiet));
    },
  });
  const files = new Map<string, { before: string; after: string }>();
  for (const [file, after] of [...fixed.texts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const found = await read(file);
    if ('text' in found && found.text !== after) files.set(file, { before: found.text, after });
  }
  return { ...fixed, before, wanted: before.findings.filter(wants), files, repository };
}

/** What the first judgement already logged is not repeated. */
function errorsOnly(log: Log): Log {
  const silent = (): void => {};
  return { debug: silent, info: silent, warn: silent, error: (text) => log.error(text) };
}

/** Writes every edited file, or none if one of them was changed in the meantime. */
export async function writeFiles({ files, repository }: Outcome, ports: Pick<Ports, 'files'>): Promise<void> {
  const read = createReader(repository, ports);
  for (const [file, { before }] of files) {
    const now = await read(file);
    if ('text' in now && now.text === before) continue;
    throw new GateError('SOURCE_UNREADABLE', {
      file,
      message: 'was changed while its findings were being fixed, so nothing was written',
      next: 'Run the command again.',
    });
  }
  for (const [file, { after }] of files) await ports.files.write(`${repository.workspace}/${file}`, after);
}
