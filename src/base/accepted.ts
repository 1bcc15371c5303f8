import { baselineFileName, loadBaseline } from '../inputs/baseline/load.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { Ports } from '../ports/ports.ts';

/** Entries of the baseline file, and whether they accept only what the base is proven to have. */
export interface AcceptedEntries {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
  readonly onlyUnchanged: boolean;
}

/**
 * Of the trusted folder. Only if the base has neither a baseline nor a configuration, the change's own one applies, to findings that the base
 * has as well: see docs/adr/0033-adopt-without-a-bypass.md. Throws GateError CONFIG_INVALID for a file that cannot be read.
 */
export async function acceptedEntries(
  { config, isConfigured }: Pick<Inputs, 'config' | 'isConfigured'>,
  hasBase: boolean,
  ports: Pick<Ports, 'files'>,
): Promise<AcceptedEntries | undefined> {
  const file = baselineFileName;
  const trusted = await loadBaseline(config.trusted, ports);
  if (trusted !== undefined) return { file, entries: trusted, onlyUnchanged: false };
  if (!hasBase || isConfigured) return undefined;
  // One that cannot be read is reported as `gate/config-broken`.
  const entries = await loadBaseline(config.workspace, ports).catch(() => undefined);
  return entries === undefined ? undefined : { file, entries, onlyUnchanged: true };
}
