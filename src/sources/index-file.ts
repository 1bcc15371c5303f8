import * as z from 'zod';
import { readStrings } from '../yaml/strings.ts';

const versionSchema = z.object({
  version: z.string(),
  urls: z.array(z.string()).nullish().catch(undefined),
  digest: z.string().nullish().catch(undefined),
});
const entriesSchema = z.object({ entries: z.record(z.string(), z.unknown()) });

/** A version of a chart in `index.yaml`: https://helm.sh/docs/topics/chart_repository/#the-index-file */
export interface IndexedVersion {
  readonly version: string;
  /** Relative to the repository, or absolute. */
  readonly urls: readonly string[];
  /** SHA-256 of the archive, hex; absent if the index has none. */
  readonly digest?: string;
}

/** The versions of a chart, those that cannot be read left out. Throws if the index is not YAML. */
export function versionsIn(index: string, name: string): readonly IndexedVersion[] {
  const parsed = entriesSchema.safeParse(readStrings(excerptOf(index, name) ?? index));
  if (!parsed.success) throw new Error('it has no `entries`');
  const found = Object.hasOwn(parsed.data.entries, name) ? parsed.data.entries[name] : [];
  return (Array.isArray(found) ? found : []).flatMap((one) => {
    const entry = versionSchema.safeParse(one);
    if (!entry.success) return [];
    const { version, urls, digest } = entry.data;
    const hex = (digest ?? '').replace(/^sha256:/, '').toLowerCase();
    return [{ version, urls: urls ?? [], ...(/^[0-9a-f]{64}$/.test(hex) && { digest: hex }) }];
  });
}

/**
 * The part of an index that is about one chart, as Helm writes it: an index has up to 30 MB, of which one chart is little. Undefined for another
 * layout.
 */
function excerptOf(index: string, name: string): string | undefined {
  if (!/^entries:\s*$/m.test(index)) return undefined;
  const start = index.indexOf(`\n  ${name}:\n`);
  if (start === -1) return undefined;
  const rest = index.slice(start + 1);
  const body = rest.indexOf('\n') + 1;
  const end = rest.slice(body).search(/^(?: {2})?[^\s-]/m);
  return `entries:\n${end === -1 ? rest : rest.slice(0, body + end)}`;
}
