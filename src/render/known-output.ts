import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Tool } from '../model/tool.ts';
import type { Files } from '../ports/ports.ts';

/** Outputs of earlier renderings, by everything that they were made from. */
export interface Renderings {
  /** Known to no chart. */
  readonly secret: string;
  find(key: string): string | undefined;
  keep(key: string, output: string): void;
}

/**
 * What a rendering is made from: the binary, the arguments, and every file that it may read, which are all below `reads` (absolute; they
 * differ from run to run and are in the key by their number). Undefined where the binary's hash is not known or a file is not a plain one.
 */
export async function keyOf(
  tool: Tool,
  args: readonly string[],
  reads: readonly string[],
  files: Pick<Files, 'stat' | 'walk' | 'sha256'>,
): Promise<string | undefined> {
  if (tool.sha256 === undefined) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([tool.id, tool.sha256, args.map((arg) => numbered(arg, reads))]));
  for (const root of reads) {
    const kind = (await files.stat(root))?.kind;
    if (kind === 'file') hash.update(JSON.stringify(['', await files.sha256(root)]));
    else if (kind === 'folder') {
      for (const file of await files.walk(root, () => false)) {
        if (file.kind !== 'file') return undefined;
        hash.update(JSON.stringify([file.path, await files.sha256(path.join(root, file.path))]));
      }
    } else return undefined;
    hash.update('\n');
  }
  return hash.digest('hex');
}

/** `/tmp/x/chart` and `/tmp/x/chart/sub` by the number of the root, so that another temporary folder makes no other key. */
function numbered(arg: string, reads: readonly string[]): string {
  const index = reads.findIndex((root) => arg === root || arg.startsWith(`${root}${path.sep}`));
  return index === -1 ? arg : `<${index}>${arg.slice(reads[index]?.length ?? 0)}`;
}
