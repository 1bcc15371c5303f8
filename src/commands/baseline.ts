import path from 'node:path';
import { acceptedKeys } from '../findings/accepted.ts';
import { baselineFileName, loadBaseline, parseBaseline } from '../inputs/baseline/load.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import type { Given } from '../inputs/options/table.ts';
import { isDay } from '../inputs/waivers/dates.ts';
import { type BaselineEntry, isAcceptable, isForbidden } from '../model/baseline.ts';
import { GateError } from '../model/gate-error.ts';
import { severityCounts } from '../model/severity.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { baselineText } from './baseline/text.ts';
import { givenOf, rawInputs, verdictOf } from './check.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { withInputs } from './folder-inputs.ts';
import { printable } from './waivers/entry.ts';

const flags = flagsOf('check', [
  'workspace',
  'config',
  'engines',
  'tool',
  'cache-dir',
  'no-cache',
  'mirror',
  'timeout',
  'concurrency',
]);

export const baselineCommand: Command = {
  name: 'baseline',
  usage: 'k8s-gate baseline [options]',
  help: `Writes ${baselineFileName} with the findings that currently block or warn. Once it is on the default branch, these findings no longer block or warn.
Existing entries keep their dates. Findings of the gate itself, errors, and rules in the organization's \`waivers.never\` cannot be accepted. Use the same engines as the workflow (--engines strict), because
findings of other engines would be missing.

  --expires DATE        Last valid day of new entries, such as 2027-06-30. Default: until they are fixed.
  --prune               Only remove entries that match no finding or have expired.
${flagHelp(flags)}

Exit code: 0 written, or nothing to write; 2 the gate could not evaluate everything.`,
  async run(args, context) {
    const { values, positionals } = parseFlags(baselineCommand, args, {
      ...parserOptions(flags),
      expires: { type: 'string' },
      prune: { type: 'boolean', default: false },
    });
    if (positionals.length > 0)
      throw new GateError('INPUT_INVALID', {
        message: `baseline: \`${positionals[0]}\` is not an option`,
        expected: 'no paths: a baseline covers the whole repository',
      });
    const expires = dayOf(values.expires);
    const given = givenOf(values, context);
    const workspace = given.workspace ?? path.resolve(context.cwd);
    const known = (await loadBaseline(workspace, context.ports)) ?? [];
    const verdict = await verdictOf(given, undefined, context, 'none');
    for (const { message } of verdict.errors) context.ports.log.error(message);
    if (verdict.errors.length > 0)
      throw new GateError('RENDER_FAILED', {
        message: 'nothing was written, because what could not be evaluated may have more findings',
        next: 'Fix the errors above, or exclude what is never deployed, and run it again.',
      });
    const now = context.ports.clock.now();
    const found = acceptable(verdict);
    const never = found.length === 0 ? [] : await forbiddenRules(given, context);
    const refused = found.filter(({ finding }) => isForbidden(finding, never));
    const fresh = found.filter(({ finding }) => !isForbidden(finding, never));
    const entries = values.prune ? pruned(known, verdict, now) : [...unexpired(known, now), ...added(fresh, now, expires)];
    await write({ entries, known }, workspace, context);
    context.stdout(notAccepted(refused, never));
    context.stdout(notRun(verdict));
    return 0;
  },
};

function dayOf(text: unknown): string | undefined {
  if (text === undefined || (typeof text === 'string' && isDay(text))) return text;
  throw new GateError('INPUT_INVALID', {
    message: `baseline: --expires ${String(text)} is not a valid date`,
    expected: 'a day such as 2027-06-30',
  });
}

/** Globs of rules that the organization allows nobody to accept. */
function forbiddenRules(given: Given, context: CommandContext): Promise<readonly string[]> {
  const never = ({ config }: Inputs): readonly string[] => config.organization?.waivers.never ?? [];
  return withInputs(rawInputs(given, context), given.cacheDir, context, never);
}

/** Findings that block or warn; those that an entry accepts do neither. */
function acceptable({ findings }: Verdict): readonly JudgedFinding[] {
  return findings.filter(({ finding, action }) => isAcceptable(finding) && action !== 'allow');
}

function added(findings: readonly JudgedFinding[], now: Date, expires: string | undefined): readonly BaselineEntry[] {
  return findings.map(({ finding }) => ({
    rule: `${finding.engine}/${finding.rule}`,
    severity: finding.severity,
    resources: finding.resources,
    ...(finding.locations[0] !== undefined && { file: finding.locations[0].file }),
    environments: finding.environments,
    fingerprints: acceptedKeys(finding),
    added: dayIn(now),
    ...(expires !== undefined && { expires }),
    line: 0,
  }));
}

/** An entry would be reported as one without effect. */
function notAccepted(findings: readonly JudgedFinding[], never: readonly string[]): string {
  if (findings.length === 0) return '';
  const rules = [...new Set(findings.map(({ finding }) => `${finding.engine}/${finding.rule}`))].join(', ');
  const some = findings.length === 1 ? '1 finding has' : `${findings.length} findings have`;
  return printable(
    `${some} no entry: the organization allows nobody to accept ${never.join(', ')} (${rules}). Fix what they report.`,
  ).concat('\n');
}

/** What an expired entry accepted blocks again, and gets a new entry. */
function unexpired(known: readonly BaselineEntry[], now: Date): readonly BaselineEntry[] {
  return known.filter(({ expires }) => expires === undefined || expires >= dayIn(now));
}

function pruned(known: readonly BaselineEntry[], { accepted }: Verdict, now: Date): readonly BaselineEntry[] {
  const unused = new Set((accepted?.unused ?? []).map(({ line }) => line));
  return unexpired(known, now).filter(({ line }) => !unused.has(line));
}

function dayIn(date: Date): string {
  return date.toISOString().slice(0, 10);
}

interface Change {
  readonly entries: readonly BaselineEntry[];
  readonly known: readonly BaselineEntry[];
}

/** Reads the new text before it is written, so that the file is always valid. */
async function write({ entries, known }: Change, workspace: string, { ports, stdout }: CommandContext): Promise<void> {
  const left = new Set(entries);
  const removed = known.filter((entry) => !left.has(entry)).length;
  const fresh = entries.length - (known.length - removed);
  if (fresh === 0 && removed === 0) {
    stdout(known.length === 0 ? 'Nothing to accept: no finding blocks or warns.\n' : `${baselineFileName} is unchanged.\n`);
    return;
  }
  const text = baselineText(entries);
  parseBaseline(text, `${baselineFileName} (new content)`);
  await ports.files.write(path.join(workspace, baselineFileName), text);
  const counts = severityCounts(entries);
  stdout(
    `${baselineFileName}: ${fresh} added, ${removed} removed; it accepts ${entries.length} findings${counts.length === 0 ? '' : ` (${counts.join(', ')})`}.\n` +
      'Next: review and merge it. It takes effect once it is on the default branch.\n',
  );
}

/** The file has no findings of these engines. */
function notRun({ engines }: Verdict): string {
  const skipped = engines.filter(({ status, reason = '' }) => status === 'skipped' && !reason.startsWith('disabled by'));
  if (skipped.length === 0) return '';
  const list = skipped.map(({ title, reason = '' }) => `  ${printable(`${title}${reason === '' ? '' : `: ${reason}`}`)}\n`);
  return `Engines that did not run, so their findings are not accepted (--engines strict runs all that apply):\n${list.join('')}`;
}
