import type { Target } from '../../model/engine-run.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Engine } from '../engine.ts';
import { type Judged, type Part, together } from '../part.ts';
import { type FoundFile, findResults, ofChange, requireFresh } from '../result-files.ts';
import { readSeverities } from '../severity-map.ts';
import { type KubeBenchOptions, kubeBenchOptionsSchema } from './options.ts';
import { findExecutable, type KubeBenchContext, runBench, versionOf } from './process.ts';
import { type BenchCheck, type BenchResult, readBenchResult } from './result.ts';
import { type BenchSeverities, benchSeveritiesSchema, benchSeverity } from './severities.ts';

const engineId = 'kube-bench';

export const kubeBenchEngine: Engine<KubeBenchOptions> = {
  id: engineId,
  title: 'kube-bench',
  kind: 'importer',
  scope: () => 'set',
  summary: "The cluster's nodes by the CIS benchmark: an imported result of kube-bench, or a run on this machine.",
  options: kubeBenchOptionsSchema,
  notApplicable: (_set, options) =>
    options.results.length === 0 && !options.run ? 'neither `results` nor `run` is configured' : undefined,
  targets: (_set, options) => (options.run ? [here] : []),
  run,
};

/** The target of `run`. */
const here = { kind: 'cluster', node: 'this node' } as const satisfies Target;

async function run(context: KubeBenchContext): Promise<Part> {
  const { options } = context;
  const severities = await readSeverities(context.ports.files, context.gateRoot, engineId, benchSeveritiesSchema);
  const found =
    options.results.length === 0 ? [] : await findResults(context.ports, context, options.results, 'engines.kube-bench.results');
  const judged = found.map((file) => judgeFile(file, context, severities));
  const live = options.run ? await judgeHere(context, severities, found.length > 0) : undefined;
  const part = together(live === undefined ? judged : [...judged, live]);
  return { ...part, findings: [...part.findings, ...found.flatMap(ofChange)], version: live?.version ?? 'result files' };
}

/** If result files are imported as well, a failing run must not discard them: only this target fails. */
async function judgeHere(
  context: KubeBenchContext,
  severities: BenchSeverities,
  beside: boolean,
): Promise<Judged & { readonly version: string }> {
  try {
    const executable = await findExecutable(context);
    const version = await versionOf(context, executable);
    context.progress('tests this node');
    const result = readBenchResult('kube-bench run --json', await runBench(context, executable));
    const note = `ran ${executable}, which is not verified against tools.lock.json`;
    return {
      version,
      findings: findingsOf(result, here.node, context.options, severities),
      coverage: { target: here, status: 'evaluated' },
      notes: [note, ...notesOf(here.node, result)],
    };
  } catch (thrown) {
    if (!beside || !(thrown instanceof GateError)) throw thrown;
    return { version: 'unknown', findings: [], coverage: { target: here, status: 'failed', error: thrown }, notes: [] };
  }
}

/** kube-bench's JSON contains no time, so only the file's modification time is available. */
function judgeFile(found: FoundFile, { options, ports }: KubeBenchContext, severities: BenchSeverities): Judged {
  const { file } = found;
  const target: Target = { kind: 'file', file };
  try {
    if ('error' in found) throw found.error;
    requireFresh(file, found.modifiedMs, options.maxAge, ports.clock.now());
    const result = readBenchResult(file, found.text);
    return {
      findings: findingsOf(result, file, options, severities),
      coverage: { target, status: 'evaluated' },
      notes: notesOf(file, result),
    };
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    return { findings: [], coverage: { target, status: 'failed', error: thrown }, notes: [] };
  }
}

/** `INFO` is a disabled test; controls without tests were filtered out. Neither is a finding, but both are mentioned in the notes. */
function notesOf(where: string, result: BenchResult): readonly string[] {
  const { total_pass, total_fail, total_warn, total_info } = result.Totals;
  const skipped = total_info === 0 ? '' : `, ${total_info} skipped by its configuration`;
  const empty = result.Controls.filter((controls) => controls.tests.length === 0).map((controls) => controls.node_type);
  return [
    `${where}: ${total_pass} passed, ${total_fail} failed, ${total_warn} to check manually${skipped}`,
    ...(empty.length === 0 ? [] : [`${where}: no test was run for ${empty.join(', ')}`]),
  ];
}

function findingsOf(
  result: BenchResult,
  where: string,
  options: KubeBenchOptions,
  severities: BenchSeverities,
): readonly EngineFinding[] {
  return result.Controls.flatMap((controls) =>
    controls.tests
      .flatMap((group) => group.results)
      .filter((check) => check.status === 'FAIL' || check.status === 'WARN')
      .map((check) => ({
        engine: engineId,
        rule: check.test_number,
        category: 'benchmark' as const,
        title: check.test_desc.split('\n')[0] ?? check.test_number,
        detail: detailOf(check, controls.text, controls.version),
        severity: benchSeverity(check, severities, options.severity),
        subject: { kind: 'cluster' as const, node: `${controls.node_type} (${where})` },
        ...(check.remediation.trim() !== '' && { fix: { text: check.remediation.trim() } }),
      })),
  );
}

function detailOf(check: BenchCheck, text: string, version: string): string {
  const state = check.status === 'FAIL' ? 'Failed' : 'Requires a manual check';
  const reason = check.reason === undefined || check.reason === '' ? '' : `: ${check.reason}`;
  return `${state}${reason}. ${text} (${version}), ${check.scored ? 'scored' : 'not scored'}.`;
}
