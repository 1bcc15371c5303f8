import { baselineFileName, loadBaseline } from '../inputs/baseline/load.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { Organization } from '../model/config.ts';
import { matchesGlob } from '../model/glob.ts';
import type { RefusedWaiver } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';

/** Entries of the baseline file, and whether they accept only what the base is proven to have. */
export interface AcceptedEntries {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
  readonly onlyUnchanged: boolean;
  /** Globs of rules that the organization allows nobody to accept. */
  readonly never?: readonly string[];
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
  const never = config.organization?.waivers.never;
  const common = { file: baselineFileName, ...(never !== undefined && { never }) };
  const trusted = await loadBaseline(config.trusted, ports);
  if (trusted !== undefined) return { ...common, entries: trusted, onlyUnchanged: false };
  if (!hasBase || isConfigured) return undefined;
  // One that cannot be read is reported as `gate/config-broken`.
  const entries = await loadBaseline(config.workspace, ports).catch(() => undefined);
  return entries === undefined ? undefined : { ...common, entries, onlyUnchanged: true };
}

/** The entries that have no effect because of the organization's `waivers.never`. */
export function refusedEntries(
  accepted: AcceptedEntries | undefined,
  organization: Organization | undefined,
): readonly RefusedWaiver[] {
  return (accepted?.entries ?? []).flatMap(({ rule, line }) => {
    const glob = accepted?.never?.find((one) => matchesGlob(one, rule));
    if (accepted === undefined || organization === undefined || glob === undefined) return [];
    const reason = `the organization allows no waiver of ${glob} (\`waivers\` of ${organization.file})`;
    return [{ rule, file: accepted.file, line, reason, in: 'baseline' as const }];
  });
}
