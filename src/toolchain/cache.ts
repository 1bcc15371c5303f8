import path from 'node:path';
import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import type { Tool } from '../model/tool.ts';
import type { Files } from '../ports/ports.ts';
import type { LockedTool, Platform } from './lock-file.ts';

/**
 * `<cacheDir>/tools/<id>/<version>-<platform>/` contains the executable, named like the tool, the files it needs, and `receipt.json`.
 * The receipt finds damage and careless changes. It does not protect from somebody who can write to the cache: they can write a receipt too.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const receiptSchema = z.strictObject({
  schema: z.literal(1),
  tool: z.string(),
  version: z.string(),
  platform: z.string(),
  /** Its source: the URL, or the module with its version. */
  origin: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('release-asset'), from: z.string(), sha256 }),
    z.strictObject({ kind: z.literal('go-module'), from: z.string() }),
  ]),
  /** The state of the publisher's signature; absent for a build. */
  signature: z
    .discriminatedUnion('state', [
      z.strictObject({ state: z.literal('verified'), by: z.string() }),
      z.strictObject({ state: z.literal('unverified'), why: z.string() }),
      z.strictObject({ state: z.literal('unsigned') }),
    ])
    .optional(),
  installedAt: z.iso.datetime(),
  installSeconds: z.number().nonnegative(),
  /** Path in the folder -> SHA-256, for every file but the receipt. */
  files: z.record(z.string(), sha256),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** The place of one version of one tool. */
export interface Slot {
  readonly id: string;
  readonly version: string;
  readonly platform: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute: where its release asset is downloaded to, by the holder of the install lock. */
  readonly download: string;
  /** Its release asset, as the lock pins it. */
  readonly asset?: {
    readonly sha256: string;
    /** The asset is the executable itself, which then has this hash, not the receipt's. */
    readonly isExecutable: boolean;
    /** Its publisher signs it, and the signature is required. */
    readonly mustBeSigned: boolean;
  };
}

export function slotOf(
  cacheDir: string,
  id: string,
  locked: LockedTool,
  platform: Platform,
  options: { readonly signaturesRequired?: boolean } = {},
): Slot {
  const parent = path.join(cacheDir, 'tools', id);
  const name = `${locked.version}-${platform}`;
  const asset = locked.assets[platform];
  const mustBeSigned = options.signaturesRequired === true && asset?.signature !== undefined;
  return {
    id,
    version: locked.version,
    platform,
    folder: path.join(parent, name),
    download: path.join(parent, `.download-${name}`),
    ...(asset !== undefined && {
      asset: { sha256: asset.sha256, isExecutable: asset.archive === undefined, mustBeSigned },
    }),
  };
}

/** `hashes` are of the receipt. */
export function toolIn(slot: Slot, hashes: Receipt['files']): Tool {
  const sha256 = hashes[slot.id];
  return { id: slot.id, path: path.join(slot.folder, slot.id), version: slot.version, ...(sha256 !== undefined && { sha256 }) };
}

export type CacheState =
  | { readonly state: 'installed'; readonly tool: Tool; readonly receipt: Receipt }
  | { readonly state: 'missing' }
  /** `why` ends the sentence "the installed copy ...". */
  | { readonly state: 'changed'; readonly why: string };

/** The state of the cache; hashes every file again. */
export async function readCache(files: Files, slot: Slot): Promise<CacheState> {
  if ((await files.stat(slot.folder)) === undefined) return { state: 'missing' };
  const receipt = await readReceipt(files, slot);
  if (receipt === undefined) return { state: 'changed', why: 'has no readable receipt that matches tools.lock.json' };
  if (receipt.origin.kind === 'release-asset' && slot.asset?.mustBeSigned && receipt.signature?.state !== 'verified')
    return { state: 'changed', why: 'was installed without its signature, which is required' };
  const present = (await files.walk(slot.folder, () => false)).filter((file) => file.path !== 'receipt.json');
  const extra = present.find((file) => file.kind !== 'file' || !Object.hasOwn(receipt.files, file.path));
  if (extra !== undefined) return { state: 'changed', why: `contains ${extra.path}, which was not installed` };
  for (const [name, sha256] of Object.entries(receipt.files)) {
    if (!present.some((file) => file.path === name)) return { state: 'changed', why: `lacks ${name}` };
    if ((await files.sha256(path.join(slot.folder, name))) !== sha256)
      return { state: 'changed', why: `has a ${name} that differs from the installed one` };
  }
  return { state: 'installed', tool: toolIn(slot, receipt.files), receipt };
}

/** The receipt, if it is this tool's and names its executable; undefined otherwise. Hashes nothing. */
export async function readReceipt(files: Files, slot: Slot): Promise<Receipt | undefined> {
  const file = path.join(slot.folder, 'receipt.json');
  if ((await files.stat(file))?.kind !== 'file') return undefined;
  const parsed = receiptSchema.safeParse(parseJson(await files.readText(file)));
  if (!parsed.success) return undefined;
  const { tool, version, platform, origin, files: hashes } = parsed.data;
  if (tool !== slot.id || version !== slot.version || platform !== slot.platform || !Object.hasOwn(hashes, slot.id))
    return undefined;
  if (origin.kind === 'release-asset') {
    if (origin.sha256 !== slot.asset?.sha256) return undefined;
    if (slot.asset.isExecutable && hashes[slot.id] !== slot.asset.sha256) return undefined;
  }
  return parsed.data;
}

/** Hashes a staging folder and moves it to its place, so that a partially installed tool is never visible. */
export async function putInCache(
  files: Files,
  slot: Slot,
  staging: string,
  rest: Pick<Receipt, 'origin' | 'signature' | 'installedAt' | 'installSeconds'>,
): Promise<Tool> {
  const hashes: Record<string, string> = {};
  for (const file of await files.walk(staging, () => false))
    hashes[file.path] = await files.sha256(path.join(staging, file.path));
  const receipt: Receipt = { schema: 1, tool: slot.id, version: slot.version, platform: slot.platform, ...rest, files: hashes };
  await files.write(path.join(staging, 'receipt.json'), `${JSON.stringify(receipt, null, 2)}\n`);
  await files.remove(slot.folder);
  await files.rename(staging, slot.folder);
  // The part of a release asset that an attempt left before another source succeeded.
  await files.remove(`${slot.download}.part`);
  await files.remove(`${slot.download}.part.of`);
  return toolIn(slot, hashes);
}
