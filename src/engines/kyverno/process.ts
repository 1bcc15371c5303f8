import type { ProcessResult } from '../../ports/ports.ts';
import type { EngineContext } from '../engine.ts';
import { runProcess } from '../run-process.ts';
import { policyLabel } from './documents.ts';
import type { KyvernoOptions } from './options.ts';
import { copyPrefix, type PolicyCopy } from './policy-copies.ts';

export type KyvernoContext = EngineContext<KyvernoOptions>;

const maxOutputBytes = 128 * 1024 * 1024;
/** Not used by Kyverno itself: distinguishes "no object satisfied a policy" from success. */
const nothingJudgedExitCode = 3;

/**
 * `kyverno apply` in the engine's folder. Never passed: `--exceptions*` (a change could exempt itself), `--cluster`, `--registry`,
 * `--audit-warn` (turns failures into warnings) and `--continue-on-fail` (drops a resource on errors).
 */
export function apply(context: KyvernoContext, resources: number, args: readonly string[]): Promise<ProcessResult> {
  return runProcess(context, {
    name: 'kyverno',
    args: [
      'apply',
      ...args,
      ...['--continue-on-error=false', '--remove-color', '--warn-no-pass', '--warn-exit-code', String(nothingJudgedExitCode)],
    ],
    env: { NO_COLOR: '1', ...collector(resources) },
    // An offline `apply` needs no network, but a policy's service call or `http.Get` would use it.
    network: 'none',
    maxOutputBytes,
    excerpt: (result) => excerpt(result, []),
  });
}

/**
 * Starting Kyverno takes 1.6 s of CPU time, a quarter of it for Go's garbage collector; for few resources it runs less often, which takes
 * about 200 MB of memory instead of 150.
 */
function collector(resources: number): Readonly<Record<string, string>> {
  return resources <= fewResources ? { GOGC: '400' } : {};
}
const fewResources = 100;

/** Kyverno's output, shortened for a message, with the original names of policies. */
export function excerpt(result: Pick<ProcessResult, 'stdout' | 'stderr'>, copies: readonly PolicyCopy[]): string {
  const text = wordsOf(result).slice(-800);
  return text === '' ? 'no output' : withNames(text, copies);
}

/** Without reports and deprecation warnings, which list every file. */
function wordsOf(result: Pick<ProcessResult, 'stdout' | 'stderr'>): string {
  return `${result.stdout}\n${result.stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('Warning: ') && !line.includes('{"kind":"ClusterReport"'))
    .join(' ');
}

const idPattern = new RegExp(`${copyPrefix}\\d{4,}`, 'g');

export function withNames(text: string, copies: readonly PolicyCopy[]): string {
  return text.replaceAll(idPattern, (id) => {
    const copy = copies.find((candidate) => candidate.id === id);
    return copy === undefined ? id : policyLabel(copy.document);
  });
}

/** The first policy in Kyverno's output: one whose expression does not compile stops the whole run. */
export function copyNamedIn(
  result: Pick<ProcessResult, 'stdout' | 'stderr'>,
  copies: readonly PolicyCopy[],
): PolicyCopy | undefined {
  return (wordsOf(result).match(idPattern) ?? [])
    .map((id) => copies.find((copy) => copy.id === id))
    .find((copy) => copy !== undefined);
}
