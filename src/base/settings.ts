import { findPolicies } from '../discover/policies.ts';
import { openWorkspace } from '../discover/workspace.ts';
import { type Inputs, parseInputs } from '../inputs/inputs.ts';
import type { RawInputs } from '../inputs/raw-inputs.ts';
import { loadWaivers } from '../inputs/waivers.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { toGateError } from '../model/gate-error.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { WaiverLedger } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { unreadable, weakenings } from './weakening.ts';

/** What is in force. */
interface BaseSettings {
  readonly inputs: Inputs;
  readonly waivers: WaiverLedger;
  readonly sha: string;
  readonly gateVersion: string;
}

/**
 * Compares the settings the gate runs with, those of the base, with what the change would make of them. One run of an engine named `gate`,
 * so that its findings meet the same policy as all others.
 */
export async function changedSettings(
  raw: RawInputs,
  base: BaseSettings,
  ports: Pick<Ports, 'files' | 'clock'>,
): Promise<readonly [EngineRun]> {
  return [
    {
      status: 'completed',
      engine: 'gate',
      version: base.gateVersion,
      findings: await compareSettings(raw, base, ports),
      coverage: [],
      notes: [`configuration, policies and waivers in force are those of the base commit ${base.sha.slice(0, 12)}`],
      durationMs: 0,
    },
  ];
}

async function compareSettings(
  raw: RawInputs,
  base: BaseSettings,
  ports: Pick<Ports, 'files' | 'clock'>,
): Promise<readonly EngineFinding[]> {
  try {
    const head = await parseInputs(raw, ports);
    const ledger = await loadWaivers(raw.workspace, ports, ports.clock.now());
    return weakenings(
      { ...base.inputs, policies: await policiesOf(base.inputs.config, ports), waivers: base.waivers },
      { ...head, policies: await policiesOf(head.config, ports), waivers: ledger },
    );
  } catch (thrown) {
    const { message, details } = toGateError(thrown);
    return [unreadable(details.file ?? base.inputs.loaded.file, details.line ?? 1, message)];
  }
}

async function policiesOf(config: GateConfig, { files }: Pick<Ports, 'files'>): Promise<readonly PolicyFile[]> {
  return (await findPolicies(config, await openWorkspace(config, files))).policies;
}
