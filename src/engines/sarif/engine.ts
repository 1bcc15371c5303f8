import type { Coverage, Target } from '../../model/engine-run.ts';
import { GateError } from '../../model/gate-error.ts';
import type { Engine, EngineContext } from '../engine.ts';
import { type Part, together } from '../part.ts';
import { type FoundFile, findResults, ofChange, requireFresh } from '../result-files.ts';
import { engineId, type Taken, takeIn } from './findings.ts';
import { readSarif, type SarifLog } from './log.ts';
import { type SarifOptions, sarifOptionsSchema } from './options.ts';

export const sarifEngine: Engine<SarifOptions> = {
  id: engineId,
  title: 'SARIF files',
  kind: 'importer',
  scope: () => 'set',
  summary: 'Findings of other scanners, imported from their SARIF files.',
  options: sarifOptionsSchema,
  notApplicable: (_set, options) => (options.files.length === 0 ? 'no SARIF file is configured' : undefined),
  targets: () => [],
  run,
};

async function run(context: EngineContext<SarifOptions>): Promise<Part> {
  const found = await findResults(context.ports, context, context.options.files, 'engines.sarif.files');
  const part = together(found.map((file) => judgeFile(file, context)));
  return { ...part, findings: [...part.findings, ...found.flatMap(ofChange)], version: '2.1.0' };
}

function judgeFile(found: FoundFile, context: EngineContext<SarifOptions>): Taken & { readonly coverage: Coverage } {
  const { options, ports, workspace } = context;
  const { file } = found;
  const target: Target = { kind: 'file', file };
  const failed = (error: GateError): Coverage => ({ target, status: 'failed', error });
  try {
    if ('error' in found) throw found.error;
    const log = readSarif(file, found.text);
    if (options.maxAge !== undefined) requireFresh(file, madeAt(log, found.modifiedMs), options.maxAge, ports.clock.now());
    const broken = brokenOff(file, log);
    // Findings of a failed scan are valid, but incomplete.
    return {
      ...takeIn(file, log, options, workspace),
      coverage: broken === undefined ? { target, status: 'evaluated' } : failed(broken),
    };
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    return { findings: [], notes: [], coverage: failed(thrown) };
  }
}

/** The oldest of the end times of its scans and the file's modification time, which a checkout resets. NaN for an invalid time. */
function madeAt(log: SarifLog, modifiedMs: number): number {
  const ends = log.runs.flatMap((entry) => entry.invocations ?? []).flatMap(({ endTimeUtc }) => endTimeUtc ?? []);
  return Math.min(modifiedMs, ...ends.map((text) => Date.parse(text)));
}

function brokenOff(file: string, log: SarifLog): GateError | undefined {
  const invocation = log.runs
    .flatMap((entry) => (entry.invocations ?? []).map((call) => ({ call, name: entry.tool.driver.name })))
    .find(({ call }) => !call.executionSuccessful);
  if (invocation === undefined) return undefined;
  const why = invocation.call.exitCodeDescription;
  return new GateError('ENGINE_FAILED', {
    file,
    message: `${invocation.name} reports that its scan failed${why === undefined ? '' : `: ${why.slice(0, 300)}`}`,
    expected: 'a completed scan (`executionSuccessful`)',
    next: `Run ${invocation.name} again; its findings so far are reported.`,
  });
}
