import { GateError, toGateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { PlainSource } from '../model/source-set.ts';
import { whyForeignBytes } from '../yaml/foreign.ts';
import { readManifests } from '../yaml/manifests.ts';
import type { Workspace } from './workspace.ts';

export interface PlainFound {
  readonly plain: readonly PlainSource[];
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
}

export function isYamlOrJson(file: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(file);
}

/** Classifies files by their content: a manifest, something else, or broken. */
export async function findPlain(files: readonly string[], workspace: Workspace): Promise<PlainFound> {
  const plain: PlainSource[] = [];
  const skipped: SourceUnit[] = [];
  const failures: GateError[] = [];
  for (const file of files) {
    try {
      const text = await workspace.readText(file);
      if (text.startsWith(lfsPointer)) throw lfsRefused(file);
      const read = readManifests({ file, text });
      if (read.documents.length > 0) plain.push({ path: file, ...read });
      else skipped.push(skippedUnit(file, read.skipped[0]?.reason ?? 'empty'));
    } catch (thrown) {
      const error = toGateError(thrown);
      const reason = error.code === 'SOURCE_UNREADABLE' ? await whyForeign(file, workspace) : undefined;
      if (reason === undefined) failures.push(error);
      else skipped.push(skippedUnit(file, reason));
    }
  }
  return { plain, skipped, failures };
}

/** For a file that cannot be read as text; undefined where it might be a manifest, or cannot be read at all. */
async function whyForeign(file: string, workspace: Workspace): Promise<string | undefined> {
  const bytes = await workspace.readBytes(file).catch(() => undefined);
  return bytes && whyForeignBytes(bytes);
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line of a file that was not fetched. */
const lfsPointer = 'version https://git-lfs.github.com/spec/';

function lfsRefused(file: string): GateError {
  return new GateError('SOURCE_UNREADABLE', {
    file,
    line: 1,
    message: 'is a Git LFS pointer whose content was not fetched',
    expected: 'the file itself',
    next: 'Set `lfs: true` in actions/checkout, or exclude the file if it is not a manifest.',
  });
}

export function skippedUnit(path: string, reason: string, kind: SourceUnit['kind'] = 'plain'): SourceUnit {
  return { kind, path, status: 'skipped', resources: 0, reason };
}

/** A symlink is not followed, because it could expose any file of the machine. */
export function symlinkRefused(file: string): GateError {
  return new GateError('RENDER_REFUSED', {
    file,
    message: 'is a symlink',
    expected: 'a regular file',
    next: 'Replace it with the file it points to, or exclude it.',
  });
}
