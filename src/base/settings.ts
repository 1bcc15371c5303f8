import { findPolicies } from '../discover/policies.ts';
import { openWorkspace } from '../discover/workspace.ts';
import { type Inputs, parseInputs } from '../inputs/inputs.ts';
import type { RawInputs } from '../inputs/raw-inputs.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { toGateError } from '../model/gate-error.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { Ports } from '../ports/ports.ts';
import { unreadable, weakenings } from './weakening.ts';

/**
 * Compares the settings the gate runs with, those of the base, with what the change would make of them. One run of an engine named `gate`,
 * so that its findings meet the same policy as all others.
 */
export async function changedSettings(raw: RawInputs, base: Inputs, ports: Pick<Ports, 'files'>): Promise<readonly [EngineRun]> {
  return [
    {
      status: 'completed',
      engine: 'gate',
      version: '',
      findings: await compareSettings(raw, base, ports),
      coverage: [],
      notes: [],
      durationMs: 0,
    },
  ];
}

async function compareSettings(raw: RawInputs, base: Inputs, ports: Pick<Ports, 'files'>): Promise<readonly EngineFinding[]> {
  try {
    const head = await parseInputs(raw, ports);
    return weakenings(
      { ...base, policies: await policiesOf(base.config, ports), waivers: [] },
      { ...head, policies: await policiesOf(head.config, ports), waivers: [] },
    );
  } catch (thrown) {
    const { message, details } = toGateError(thrown);
    return [unreadable(details.file ?? base.loaded.file, details.line ?? 1, message)];
  }
}

async function policiesOf(config: GateConfig, { files }: Pick<Ports, 'files'>): Promise<readonly PolicyFile[]> {
  return (await findPolicies(config, await openWorkspace(config, files))).policies;
}
