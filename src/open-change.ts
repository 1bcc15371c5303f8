import path from 'node:path';
import { type AcceptedEntries, acceptedEntries, refusedEntries } from './base/accepted.ts';
import { type Base, openBase, openPrevious, type PreviousCommit } from './base/base.ts';
import { readCodeOwners } from './base/code-owners.ts';
import { withFirst } from './base/first-configuration.ts';
import { takeGenerated } from './base/generated.ts';
import { openHead, submoduleGaps } from './base/head.ts';
import { namedFrom } from './base/named-files.ts';
import { shareDependencies } from './base/vendored.ts';
import { type OwnersOf, parseCodeOwners } from './findings/owners.ts';
import { loadCorrelation } from './inputs/correlation.ts';
import { type Inputs, parseInputs } from './inputs/inputs.ts';
import type { OpenBundle } from './inputs/organization/load.ts';
import type { RawInputs } from './inputs/raw-inputs.ts';
import { underRules } from './inputs/waivers/rules.ts';
import { loadWaivers } from './inputs/waivers.ts';
import type { Previous } from './model/change.ts';
import type { Correlation } from './model/correlation.ts';
import type { Gap } from './model/gap.ts';
import type { WaiverSet } from './model/waiver.ts';
import { type BundleOrigin, createBundleOpeners } from './open-organization.ts';
import type { Ports } from './ports/ports.ts';

/** The change and its base as folders of files, and what both are evaluated by. */
export interface OpenChange {
  /** Whose files are named in messages as in the repository. */
  readonly ports: Ports;
  readonly base?: Base;
  /** Without a base, and with `onlyNew`. */
  readonly previous?: PreviousCommit;
  readonly inputs: Inputs;
  /** The inputs as the change itself would set them: of its own configuration. */
  readonly proposed: RawInputs;
  /** What the change's own configuration extends. */
  readonly openBundle: OpenBundle;
  /** What the files of the change lack. */
  readonly gaps: readonly Gap[];
  readonly waivers: WaiverSet;
  /** Existing findings that do not block; absent without a baseline file. */
  readonly accepted?: AcceptedEntries;
  readonly correlation: Correlation;
  /** Who owns a file, from the root of the repository; absent without CODEOWNERS. */
  readonly ownersOf?: OwnersOf;
  /** The workspace within the repository, `` if it is the root. */
  readonly prefix: string;
  readonly today: Date;
}

const ofLocalRun: Previous = { status: 'none', reason: 'a local run needs --base for it, such as --base origin/main' };

/** Throws GateError for a base, a commit, a configuration or waivers that cannot be read. */
export async function openChange(
  raw: RawInputs,
  at: {
    readonly baseSha: string | undefined;
    readonly committed: boolean;
    readonly gateRoot: string;
    readonly previous?: Previous | undefined;
  } & Pick<BundleOrigin, 'tempDir' | 'cacheDir' | 'signal'>,
  outer: Ports,
): Promise<OpenChange> {
  const place = { checkout: raw.workspace, committed: at.committed };
  const base =
    at.baseSha === undefined ? undefined : await openBase(at.baseSha, { ...place, folder: path.join(at.tempDir, 'base') }, outer);
  const head = await openHead({ ...place, folder: path.join(at.tempDir, 'commit') }, outer);
  const roots = [head.workspace, ...(base === undefined ? [] : [base.workspace])];
  const named = { ...outer, files: namedFrom(roots, outer.files) };
  const asked = at.previous ?? (at.committed ? undefined : ofLocalRun);
  const old = base === undefined ? asked : undefined;
  const kept = old === undefined ? {} : { previous: old };
  const proposed: RawInputs = { ...raw, ...kept, workspace: head.workspace, checkout: head.checkout };
  const bundles = createBundleOpeners({ ...at, ports: named });
  const inForce = base === undefined ? proposed : { ...proposed, trusted: base.workspace };
  const given = await parseInputs(inForce, { ...named, openBundle: bundles.trusted });
  const inputs = withFirst(given, base);
  for (const note of inputs.notes) outer.log.info(note);
  const isCompared = inputs.config.onlyNew && inputs.compare && old !== undefined;
  const previous = isCompared
    ? await openPrevious(old, { ...place, folder: path.join(at.tempDir, 'previous') }, named)
    : undefined;
  const before = base ?? (previous?.status === 'known' ? previous.base : undefined);
  const ports = before === undefined ? named : { ...named, files: namedFrom([before.workspace], named.files) };
  const taken = await takeGenerated(head, inputs.config, { ...place, base: base?.workspace }, ports);
  if (before !== undefined)
    await shareDependencies(taken.files, { head: head.workspace, base: before.workspace, prefix: before.prefix }, ports.files);
  const today = ports.clock.now();
  const { organization } = inputs.config;
  const accepted = await acceptedEntries(inputs, base !== undefined, ports);
  const agreed = underRules(await loadWaivers(inputs.config.trusted, ports, today), organization, today);
  const waivers = { ...agreed, refused: [...(agreed.refused ?? []), ...refusedEntries(accepted, organization)] };
  for (const { file, line, reason } of [...(waivers.ignored ?? []), ...waivers.refused])
    ports.log.warn(`${file}:${line}: has no effect: ${reason}`);
  const prefix = base?.prefix ?? (await outer.git.head(raw.workspace))?.prefix ?? '';
  const { trusted } = inputs.config;
  const owners = await readCodeOwners(prefix === '' ? trusted : trusted.slice(0, -(prefix.length + 1)), ports);
  return {
    ports,
    prefix,
    ...(owners !== undefined && { ownersOf: parseCodeOwners(owners) }),
    ...(base !== undefined && { base }),
    ...(previous !== undefined && { previous }),
    inputs,
    proposed,
    openBundle: bundles.proposed(inputs.config, () => ports.git.remotes(inputs.config.checkout)),
    gaps: [...submoduleGaps(head, inputs.config), ...taken.gaps],
    waivers,
    ...(accepted !== undefined && { accepted }),
    correlation: await loadCorrelation(ports.files, at.gateRoot),
    today,
  };
}
