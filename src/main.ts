import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
import { readActionInputs } from './inputs/action-inputs.ts';
import { parseEvent } from './inputs/event.ts';
import { refuseUnsafe } from './inputs/event-safety.ts';
import type { Change } from './model/change.ts';
import { toGateError, troubleshootingUrl } from './model/gate-error.ts';
import type { Outcome } from './model/verdict.ts';
import { createConsoleLog, safeText } from './ports/console-log.ts';
import { locateGate } from './ports/gate-root.ts';

// Fail closed: 1 from the first line on, 0 only for a verdict that passes.
process.exitCode = 1;

const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 1 };

/** Only what refuses a run is loaded here; the rest of the code is loaded for an event and inputs that are accepted. */
async function main(): Promise<number> {
  const inputs = readActionInputs((name) => core.getInput(name), process.env);
  for (const secret of [inputs.given.token, inputs.given.cacheSecret]) if (secret) core.setSecret(secret);
  const change = await readEvent(process.env);
  refuseUnsafe(change, inputs.mode);
  const install = await locateGate(process.argv[1] ?? '');
  const log = createConsoleLog({ write: (text) => process.stderr.write(text), debug: core.isDebug(), groups: true });
  const { runAction } = await import('./action.ts');
  const outcome = await runAction(inputs, change, {
    install,
    log,
    env: process.env,
    pid: process.pid,
    stdout: (text) => process.stdout.write(text),
    onSignal: (signal, listener) => process.on(signal, listener),
    setOutput: core.setOutput,
  });
  return exitCodes[outcome];
}

async function readEvent(env: NodeJS.ProcessEnv): Promise<Change> {
  const file = env.GITHUB_EVENT_PATH ?? '';
  return parseEvent({ ...env, payload: file === '' ? undefined : await readFile(file, 'utf8').catch(() => undefined) });
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const error = toGateError(thrown);
  core.setOutput('verdict', 'error');
  const { file, line } = error.details;
  core.error(`${error.message}\nHelp: ${troubleshootingUrl(error.code)}`, {
    title: 'k8s-gate evaluation error',
    ...(file !== undefined && { file }),
    ...(line !== undefined && { startLine: line }),
  });
  // Not core.info: a message may hold text of the change, and the runner takes commands from any line.
  if (error.code === 'INTERNAL') process.stderr.write(`${safeText(error.stack ?? '')}\n`);
  process.exitCode = 1;
}
