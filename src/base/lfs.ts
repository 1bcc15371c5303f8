import path from 'node:path';
import type { Files } from '../ports/ports.ts';
import { isPlainFile } from './plain-file.ts';
import type { Tree } from './tree.ts';

/** A pointer is smaller than this: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const pointerBytes = 1024;
/** Larger files are not manifests and stay pointers. */
const maxBytes = 128 * 1024 * 1024;

/** Replaces Git LFS pointers with the files of the work tree, if their SHA-256 matches the pointer in the commit. */
export async function placeLfsFiles({ workTree, folder }: Pick<Tree, 'workTree' | 'folder'>, files: Files): Promise<void> {
  const walked = await files.walk(folder, () => false);
  const attributes = walked.filter((file) => file.kind === 'file' && path.posix.basename(file.path) === '.gitattributes');
  const texts = await Promise.all(attributes.map(async (file) => textOf(await files.readBytes(path.join(folder, file.path)))));
  if (!texts.some((text) => /\bfilter=lfs\b/.test(text))) return;
  for (const file of walked) {
    if (file.kind !== 'file' || file.size >= pointerBytes) continue;
    const pointer = await files.readBytes(path.join(folder, file.path));
    const wanted = oidOf(textOf(pointer));
    if (wanted !== undefined && (await isThere(workTree, file.path, wanted, files)))
      await replace(path.join(folder, file.path), path.join(workTree, file.path), { pointer, wanted }, files);
  }
}

function oidOf(text: string): string | undefined {
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return undefined;
  return /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
}

async function isThere(workTree: string, file: string, wanted: string, files: Files): Promise<boolean> {
  const full = path.join(workTree, file);
  if (!(await isPlainFile(workTree, file, files)) || ((await files.stat(full))?.size ?? maxBytes) >= maxBytes) return false;
  return (await files.sha256(full)) === wanted;
}

/** Hashes the written copy, because the original could change between hashing and copying. */
async function replace(
  target: string,
  source: string,
  { pointer, wanted }: { readonly pointer: Uint8Array; readonly wanted: string },
  files: Files,
): Promise<void> {
  await files.write(target, await files.readBytes(source));
  if ((await files.sha256(target)) !== wanted) await files.write(target, pointer);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
