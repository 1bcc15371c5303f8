import path from 'node:path';
import { exitCodes } from '../../src/commands/check.ts';
import { createTools } from '../../src/commands/tools.ts';
import { createResults } from '../../src/engines/results.ts';
import { type GateContext, runGate } from '../../src/gate.ts';
import { type GateError, toGateError } from '../../src/model/gate-error.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { Log, Ports } from '../../src/ports/ports.ts';
import { repository } from '../support/gate-process.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import { files, truths } from './repository.ts';
import type { Trial } from './row.ts';

const root = path.join(import.meta.dirname, '../..');
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface Judging {
  readonly engines: string;
  /** `opa=/path`, each. */
  readonly tools?: readonly string[];
  /** Files to add to the repository, or to replace. */
  readonly files?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  readonly cacheDir?: string;
  readonly ports?: (real: Ports) => Ports;
  readonly context?: Partial<Pick<GateContext, 'signal' | 'baseSha'>>;
  /** Done to the repository before it is judged. */
  readonly prepare?: (folder: string) => Promise<Partial<Pick<GateContext, 'baseSha'>> | undefined>;
}

/** The gate's own pipeline with the real toolchain and ports, in this process: only the engines are not what they seem. */
export async function judgeOne(truth: Trial['truth'], judging: Judging): Promise<Trial> {
  const workspace = await repository({ ...files(truth), ...judging.files });
  const prepared = await judging.prepare?.(workspace);
  const real = createNodePorts({ log: silent, env: process.env });
  const ports = judging.ports?.(real) ?? real;
  const cacheDir = judging.cacheDir ?? emptyFolder();
  const signal = judging.context?.signal ?? new AbortController().signal;
  try {
    const tools = await createTools(
      { given: judging.tools ?? [], cacheDir, mirror: undefined, auto: judging.engines === 'auto' },
      { ports, gateRoot: root, env: process.env, signal },
    );
    const raw = {
      workspace,
      paths: [],
      exclude: [],
      engines: judging.engines,
      cores: 2,
      outputs: [],
      publish: [],
      ...(judging.timeout !== undefined && { timeout: judging.timeout }),
    };
    const { verdict } = await runGate(raw, {
      ports,
      ...tools,
      gateRoot: root,
      cacheDir,
      results: createResults(),
      tempDir: emptyFolder(),
      stdout: () => {},
      terminal: { color: false, width: 120 },
      gateVersion: '0.0.0',
      ...judging.context,
      ...prepared,
      signal,
    });
    return trial(truth, verdict.outcome, exitCodes[verdict.outcome], verdict.errors);
  } catch (thrown) {
    return trial(truth, 'error', exitCodes.error, [toGateError(thrown)]);
  }
}

function trial(truth: Trial['truth'], outcome: Trial['outcome'], exitCode: number, errors: readonly GateError[]): Trial {
  return {
    truth,
    outcome,
    exitCode,
    said: errors.map((error) => `${error.code}: ${error.message}`).join('\n'),
    helpless: errors
      // A tool that is given and does not run is reported with its path and the system's own message.
      .filter(({ code, details }) => code === 'INTERNAL' || (code !== 'TOOL_UNAVAILABLE' && !details.next && !details.expected))
      .map((error) => error.message),
  };
}

/** The clean and the blocking repository under one fault. */
export async function judgeBoth(judging: Judging | ((truth: Trial['truth']) => Judging)): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const truth of truths) trials.push(await judgeOne(truth, typeof judging === 'function' ? judging(truth) : judging));
  return trials;
}
