import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';

/** The text of a file of `.k8s-gate/`; undefined if there is none. Throws GateError CONFIG_INVALID for anything but a regular file. */
export async function readTrusted(root: string, name: string, { files }: Pick<Ports, 'files'>): Promise<string | undefined> {
  const folder = await files.stat(path.join(root, path.dirname(name)));
  if (folder === undefined) return undefined;
  if (folder.kind !== 'folder') throw refused(name, `its folder is a ${folder.kind}`);
  const file = await files.stat(path.join(root, name));
  if (file === undefined) return undefined;
  if (file.kind !== 'file') throw refused(name, `is a ${file.kind}`);
  return await files.readText(path.join(root, name));
}

function refused(file: string, message: string): GateError {
  const expected = 'a regular file, because a link may point outside of the trusted base';
  return new GateError('CONFIG_INVALID', { file, message, expected, next: 'Replace it with the file itself.' });
}
