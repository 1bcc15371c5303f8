import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import type { Files } from '../ports/ports.ts';

/**
 * `tools.lock.json`: the version of each tool, and the hash of its bytes. Strict, because a misspelled key could
 * otherwise drop a check.
 */

export const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const;
export type Platform = (typeof platforms)[number];

const relativePath = z.string().regex(/^(?!\.\.?(\/|$))[\w.-]+(\/(?!\.\.?(\/|$))[\w.-]+)*$/);
const version = z.string().regex(/^\d+\.\d+\.\d+$/);

const assetSchema = z.strictObject({
  /** The publisher's download, https. */
  url: z.url({ protocol: /^https?$/ }),
  /** Of the download itself, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Independent public places that state the same hash. */
  sources: z.array(z.string().min(1)).min(2),
  /** The publisher's list of hashes, for scripts/update-engines.mjs; an install never reads it. */
  checksums: z.url({ protocol: /^https?$/ }).optional(),
  /** The signature of this download. */
  signature: z.url({ protocol: /^https?$/ }).optional(),
  /** Absent: the download is the executable itself. */
  archive: z.strictObject({ executable: relativePath, folders: z.array(relativePath).optional() }).optional(),
});

/** Who signs the assets. Files are relative to the gate's own folder; engines/trust/README.md documents their sources. */
const publisherSchema = z.discriminatedUnion('kind', [
  /** Sigstore without a key: the certificate's issuer and subject, compared whole. `{version}` stands for the tool's version. */
  z.strictObject({ kind: z.literal('sigstore'), issuer: z.url(), identity: z.url() }),
  /** Sigstore with a key that the publisher keeps: a PEM file. */
  z.strictObject({ kind: z.literal('sigstore-key'), key: relativePath }),
  /** A detached, armored OpenPGP signature by one of these keys. */
  z.strictObject({
    kind: z.literal('openpgp'),
    keys: relativePath,
    fingerprints: z.array(z.string().regex(/^[0-9A-F]{40}$/)).min(1),
  }),
]);

const goModuleSchema = z.strictObject({
  module: z.string().min(1),
  version: z.string().regex(/^v\d+\.\d+\.\d+$/),
  package: z.string().min(1),
  /** Folder of the go.mod and go.sum, relative to the gate's own folder. */
  folder: relativePath,
  /** GOEXPERIMENT it does not build without. */
  goexperiment: z.string().min(1).optional(),
  /** Linker setting for the program's version, as in its publisher's build: `path.name=value`. */
  stamp: z
    .string()
    .regex(/^[\w./-]+=[\w.]+$/)
    .optional(),
  /** Folders of the module that the program needs next to it. */
  folders: z.array(relativePath).optional(),
  /** How long it took to build with empty caches on two cores; docs/engines.md documents the measurement. */
  buildSeconds: z.number().positive(),
});

const toolSchema = z.strictObject({
  /** `renderer`: without it nothing can be judged. `test`: for the gate's own tests only. */
  purpose: z.enum(['engine', 'renderer', 'test']),
  version,
  /** Date of the tagged commit. */
  releasedAt: z.iso.date(),
  /** Size of the linux-x64 executable, for estimates. */
  executableBytes: z.int().positive().optional(),
  /** Arguments that make it print its version and do nothing else. */
  versionArgs: z.array(z.string()).optional(),
  assets: z.partialRecord(z.enum(platforms), assetSchema),
  /** Absent: the publisher signs nothing that can be checked here. */
  publisher: publisherSchema.optional(),
  goModule: goModuleSchema.optional(),
});

const lockSchema = z.strictObject({
  schema: z.literal(1),
  /** How old a release must be before it may be used: time for others to find out what is wrong with it. */
  minimumAgeDays: z.int().nonnegative(),
  tools: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), toolSchema),
});

export type ToolLock = z.infer<typeof lockSchema>;
export type LockedTool = z.infer<typeof toolSchema>;
export type LockedAsset = z.infer<typeof assetSchema>;
export type LockedPublisher = z.infer<typeof publisherSchema>;
export type LockedGoModule = z.infer<typeof goModuleSchema>;

/**
 * Reads the lock in the gate's own folder.
 * @param gateRoot Absolute path of the folder that k8s-gate is installed in.
 * @throws GateError TOOL_UNTRUSTED if it is invalid: nothing may be installed then.
 */
export async function readLock(files: Files, gateRoot: string): Promise<ToolLock> {
  const file = path.join(gateRoot, 'tools.lock.json');
  return parseLock(await files.readText(file), file);
}

export function parseLock(text: string, file: string): ToolLock {
  const damaged = (message: string, cause: unknown): GateError =>
    new GateError('TOOL_UNTRUSTED', { file, message, next: 'Install k8s-gate again from its release.', cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged('is not JSON', cause);
  }
  const parsed = lockSchema.safeParse(value);
  if (!parsed.success) throw damaged(`is not a tool lock: ${schemaProblem(parsed.error)}`, parsed.error);
  return parsed.data;
}

/** The entry of a tool; own keys only, so that `constructor` is not a tool. */
export function lockedTool(lock: ToolLock, id: string): LockedTool {
  const entry = Object.hasOwn(lock.tools, id) ? lock.tools[id] : undefined;
  if (entry !== undefined) return entry;
  throw new GateError('TOOL_UNAVAILABLE', {
    message: `there is no tool \`${id}\` in tools.lock.json`,
    expected: Object.keys(lock.tools).join(', '),
  });
}
