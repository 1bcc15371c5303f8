import os from 'node:os';
import path from 'node:path';
import * as core from '@actions/core';
import { createTools } from './commands/tools.ts';
import { runGate } from './gate.ts';
import { type ActionInputs, rawInputs, readActionInputs } from './inputs/action-inputs.ts';
import { toGateError } from './model/gate-error.ts';
import type { Outcome, Verdict } from './model/verdict.ts';
import { createConsoleLog } from './ports/console-log.ts';
import { locateGate } from './ports/gate-root.ts';
import { createNodePorts } from './ports/node-ports.ts';

// Fail closed: 1 from the first line on, 0 only for a verdict that passes.
process.exitCode = 1;

const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 1 };

async function main(): Promise<number> {
  const inputs = readActionInputs((name) => core.getInput(name), process.env);
  const { root, version } = await locateGate(process.argv[1] ?? '');
  const log = createConsoleLog({ write: (text) => process.stderr.write(text), debug: core.isDebug() });
  const ports = createNodePorts({ log, env: process.env });
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  const tools = await createTools(
    { given: inputs.tools, cacheDir: inputs.cacheDir, mirror: inputs.mirror, auto: inputs.engines === 'auto' },
    { ports, gateRoot: root, env: process.env, signal: controller.signal },
  );
  const tempDir = await ports.files.makeTempDir('k8s-gate-');
  try {
    const { verdict } = await runGate(rawInputs(inputs, os.availableParallelism()), {
      ports,
      ...tools,
      gateRoot: root,
      gateVersion: version,
      cacheDir: inputs.cacheDir,
      tempDir,
      signal: controller.signal,
      stdout: (text) => process.stdout.write(text),
      terminal: { color: false, width: 140 },
    });
    setOutputs(verdict, inputs);
    return exitCodes[verdict.outcome];
  } finally {
    await ports.files.remove(tempDir);
  }
}

function setOutputs(verdict: Verdict, inputs: ActionInputs): void {
  core.setOutput('verdict', verdict.outcome);
  core.setOutput('blocked', verdict.counts.block);
  core.setOutput('warned', verdict.counts.warn);
  core.setOutput('allowed', verdict.counts.allow);
  core.setOutput('report-json', path.resolve(inputs.reportJson));
  core.setOutput('sarif', path.resolve(inputs.sarif));
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const error = toGateError(thrown);
  core.setOutput('verdict', 'error');
  const { file, line } = error.details;
  core.error(error.message, {
    title: 'k8s-gate could not judge',
    ...(file !== undefined && { file }),
    ...(line !== undefined && { startLine: line }),
  });
  if (error.code === 'INTERNAL') core.info(error.stack ?? '');
  process.exitCode = 1;
}
