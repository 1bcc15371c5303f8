import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';
import { publisher } from './next-steps.ts';
import { Refusal } from './refusal.ts';

const maxUnpackedBytes = 128 * 1024 * 1024;

/** Writes everything in an archive into a folder, checked in the same way. Throws Refusal with `next`. */
export async function unpackAll(content: Uint8Array, root: string, files: Files, next: string): Promise<void> {
  const archive = `${root}.archive`;
  await files.write(archive, content);
  try {
    await files.makeDir(root);
    await files.unpack(archive, root, { files: [], folders: [''], maxBytes: maxUnpackedBytes });
  } catch (thrown) {
    if (thrown instanceof GateError && thrown.code === 'TOOL_UNTRUSTED') throw new Refusal(thrown.details.message, next);
    throw thrown;
  } finally {
    await files.remove(archive);
  }
}

/**
 * Writes a chart's archive as a folder, `<root>/<shown>`. Every entry is checked: links, paths that leave the folder, devices and bombs are
 * refused.
 */
export async function unpackChart(
  content: Uint8Array,
  name: string,
  { root, shown }: { readonly root: string; readonly shown: string },
  files: Files,
): Promise<void> {
  const [archive, into] = [path.join(root, 'archive'), path.join(root, 'unpacked')];
  await files.write(archive, content);
  try {
    await files.makeDir(into);
    await files.unpack(archive, into, { files: [`${name}/Chart.yaml`], folders: [name], maxBytes: maxUnpackedBytes });
    const target = path.join(root, shown);
    await files.makeDir(path.dirname(target));
    await files.rename(path.join(into, name), target);
  } catch (thrown) {
    if (thrown instanceof GateError && thrown.code === 'TOOL_UNTRUSTED') throw new Refusal(thrown.details.message, publisher);
    throw thrown;
  } finally {
    await files.remove(archive);
    await files.remove(into);
  }
}
