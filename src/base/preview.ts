import { findPolicies } from '../discover/policies.ts';
import { openWorkspace } from '../discover/workspace.ts';
import type { BoundEngine } from '../engines/engine.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { GateError } from '../model/gate-error.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { Ports } from '../ports/ports.ts';

/** Policies of the change that differ from those in force, with the engines that evaluate them. */
export interface ChangedPolicies {
  readonly policies: readonly PolicyFile[];
  readonly engines: readonly BoundEngine[];
}

/**
 * The policies of the change, if they differ from those in force. Only engines of a changed policy language run again: the others would
 * have the same results.
 */
export async function changedPolicies(
  inForce: readonly PolicyFile[],
  config: GateConfig,
  engines: readonly BoundEngine[],
  { files }: Pick<Ports, 'files'>,
): Promise<ChangedPolicies | undefined> {
  const head = { ...config, trusted: config.workspace };
  const { policies } = await findPolicies(head, await openWorkspace(head, files));
  const languages = new Set([...differing(inForce, policies), ...differing(policies, inForce)].map(({ language }) => language));
  const asked = engines.filter((engine) => engine.enabled && engine.language !== undefined && languages.has(engine.language));
  return asked.length === 0 ? undefined : { policies, engines: asked };
}

function differing(some: readonly PolicyFile[], others: readonly PolicyFile[]): readonly PolicyFile[] {
  return some.filter(({ file, text }) => !others.some((other) => other.file === file && other.text === text));
}

/** The first error of an engine with the changed policies, or undefined. */
export function previewFault(runs: readonly EngineRun[]): GateError | undefined {
  for (const run of runs) {
    if (run.status === 'failed') return run.error;
    if (run.status !== 'completed') continue;
    for (const coverage of run.coverage) if (coverage.status === 'failed') return coverage.error;
  }
  return undefined;
}
