import path from 'node:path';
import { findPolicies } from '../discover/policies.ts';
import { openWorkspace } from '../discover/workspace.ts';
import { loadBaseline } from '../inputs/baseline/load.ts';
import { configFileName, type Inputs, parseInputs } from '../inputs/inputs.ts';
import type { OpenBundle } from '../inputs/organization/load.ts';
import type { RawInputs } from '../inputs/raw-inputs.ts';
import { agreedWaivers } from '../inputs/waivers/rules.ts';
import { loadWaivers } from '../inputs/waivers.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { type GateError, toGateError } from '../model/gate-error.ts';
import type { PolicyFile } from '../model/policy.ts';
import type { WaiverSet } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { fileChanged, unreadable, weakenings } from './weakening.ts';

/** The settings in force. */
interface BaseSettings {
  readonly inputs: Inputs;
  readonly policies: readonly PolicyFile[];
  readonly waivers: WaiverSet;
  /** Entries of the base's baseline file. */
  readonly accepted: readonly BaselineEntry[];
  readonly sha: string;
  readonly gateVersion: string;
  /** The error of the preview, if the change's policies cannot be evaluated. */
  readonly fault?: GateError;
}

/**
 * Compares the settings in force, those of the base, with those of the change. Returns a run of the engine `gate`, so that the policy
 * applies to its findings as well.
 */
export async function changedSettings(
  raw: RawInputs,
  base: BaseSettings,
  ports: Pick<Ports, 'files' | 'clock'> & { readonly openBundle?: OpenBundle },
): Promise<readonly [EngineRun]> {
  return [
    {
      status: 'completed',
      engine: 'gate',
      version: base.gateVersion,
      findings: [...(await compareSettings(raw, base, ports)), ...(base.fault === undefined ? [] : [broken(base.fault)])],
      coverage: [],
      notes: [`using configuration, policies and waivers of the base commit ${base.sha.slice(0, 12)}`],
      durationMs: 0,
    },
  ];
}

async function compareSettings(
  raw: RawInputs,
  base: BaseSettings,
  ports: Pick<Ports, 'files' | 'clock'> & { readonly openBundle?: OpenBundle },
): Promise<readonly EngineFinding[]> {
  try {
    const head = await parseInputs(raw, ports);
    const today = ports.clock.now();
    const written = await loadWaivers(raw.workspace, ports, today);
    const headPolicies = await findPolicies(head.config, await openWorkspace(head.config, ports.files));
    const { policies } = headPolicies;
    const waivers = agreedWaivers(written, { policies, organization: head.config.organization }, today);
    const loosened = weakenings(
      { ...inputsOf(base.inputs, raw), policies: base.policies, waivers: base.waivers, accepted: base.accepted },
      { ...head, policies, waivers, accepted: (await loadBaseline(raw.workspace, ports)) ?? [] },
    );
    return [...loosened, ...(await changedFiles(raw, base, ports)), ...headPolicies.failures.map(broken)];
  } catch (thrown) {
    return [broken(toGateError(thrown))];
  }
}

/** Settings of a first configuration that are in force for its change are compared with the defaults as well. */
function inputsOf(inputs: Inputs, { onlyNew = false, expectManifests = true }: RawInputs): Inputs {
  return inputs.first === undefined ? inputs : { ...inputs, config: { ...inputs.config, onlyNew, expectManifests } };
}

/** Files that the settings in force name, such as keys. What is not readable in the base fails the engine itself. */
async function changedFiles(
  { workspace }: RawInputs,
  { inputs }: BaseSettings,
  { files }: Pick<Ports, 'files'>,
): Promise<readonly EngineFinding[]> {
  const read = (folder: string, file: string): Promise<string | undefined> =>
    files.readText(path.join(folder, file)).catch(() => undefined);
  const named = inputs.engines.flatMap(({ id, settings }) => (settings?.files ?? []).map((file) => ({ id, file })));
  const found = await Promise.all(
    named.map(async ({ id, file }) => {
      const [was, now] = await Promise.all([read(inputs.config.trusted, file), read(workspace, file)]);
      if (was === undefined || was === now) return [];
      return [fileChanged(id, path.posix.normalize(file), now === undefined ? 'is removed' : 'changes')];
    }),
  );
  return found.flat();
}

/** Once merged, it would make the gate fail for everyone, so it blocks this change. */
function broken({ message, details }: GateError): EngineFinding {
  return unreadable(details.file ?? configFileName, details.line ?? 1, message);
}
