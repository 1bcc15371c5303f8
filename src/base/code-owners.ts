import path from 'node:path';
import type { Files, Log } from '../ports/ports.ts';

/** Where GitHub looks, in its order. Only the first file counts. */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
/** GitHub ignores a larger file. */
const maxBytes = 3 * 1024 * 1024;

/**
 * The text of CODEOWNERS, from the trusted files: a change must not choose whose finding it is. Undefined if there is none.
 * @param root Absolute: the root of the repository, whatever folder of it is judged.
 */
export async function readCodeOwners(
  root: string,
  { files, log }: { readonly files: Pick<Files, 'stat' | 'readText'>; readonly log: Log },
): Promise<string | undefined> {
  for (const place of places) {
    const file = path.join(root, place);
    const found = await files.stat(file);
    if (found === undefined) continue;
    if (found.kind === 'file' && found.size <= maxBytes) return files.readText(file);
    log.warn(`${place} is not read: it is ${found.kind === 'file' ? `larger than ${maxBytes} bytes` : `a ${found.kind}`}`);
    return undefined;
  }
  return undefined;
}
