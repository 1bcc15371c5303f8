import * as z from 'zod';
import { GateError } from '../../src/model/gate-error.ts';
import { isDenied, isOldEnough } from '../../src/toolchain/deny-list.ts';

/** Runs `go` with these arguments and answers with its stdout. */
export type GoCommand = (args: readonly string[]) => Promise<string>;

export interface Release {
  readonly version: string;
  /** ISO date and time. */
  readonly releasedAt: string;
}

export interface Newer {
  /** The newest that may be used; absent if there is none. */
  readonly release?: Release;
  /** Newer ones that may not, newest first. */
  readonly skipped: readonly { readonly version: string; readonly why: string }[];
}

const versionsSchema = z.object({ Versions: z.array(z.string()).optional() });
const releaseSchema = z.object({ Version: z.string(), Time: z.iso.datetime() });

/**
 * What the Go module proxy knows: the list of versions, and of each its time, which is the tagged commit's, not the publication's
 * (https://go.dev/ref/mod#goproxy-protocol): a tag put on an old commit looks old. Pre-releases are skipped.
 */
export async function newerRelease(
  tool: { readonly id: string; readonly version: string; readonly module: string },
  rule: { readonly minimumAgeDays: number; readonly now: Date },
  go: GoCommand,
): Promise<Newer> {
  const listed = read(versionsSchema, await go(['list', '-m', '-versions', '-json', tool.module])).Versions ?? [];
  const newer = listed
    .flatMap((name) => (/^v\d+\.\d+\.\d+$/.test(name) ? [name.slice(1)] : []))
    .filter((version) => compare(version, tool.version) > 0)
    .toSorted((a, b) => compare(b, a));
  const skipped: { readonly version: string; readonly why: string }[] = [];
  for (const version of newer) {
    if (isDenied(tool.id, version)) {
      skipped.push({ version, why: 'known to be malicious' });
      continue;
    }
    const found = read(releaseSchema, await go(['list', '-m', '-json', `${tool.module}@v${version}`]));
    if (isOldEnough(found.Time, rule.minimumAgeDays, rule.now)) return { release: { version, releasedAt: found.Time }, skipped };
    skipped.push({ version, why: `younger than ${rule.minimumAgeDays} days (${found.Time.slice(0, 10)})` });
  }
  return { skipped };
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GateError('TOOL_UNAVAILABLE', { message: 'could not parse the version list printed by `go list`', cause });
  }
}

/** Of `1.2.3`, by number. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const part of [0, 1, 2]) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
