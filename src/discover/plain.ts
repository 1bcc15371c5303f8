import { GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { PlainSource } from '../model/source-set.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Workspace } from './workspace.ts';

export interface PlainFound {
  readonly plain: readonly PlainSource[];
  readonly skipped: readonly SourceUnit[];
  readonly failures: readonly GateError[];
}

export function isYamlOrJson(file: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(file);
}

/** Sorts files by their content: a manifest, something else, or broken. */
export async function findPlain(files: readonly string[], workspace: Workspace): Promise<PlainFound> {
  const plain: PlainSource[] = [];
  const skipped: SourceUnit[] = [];
  const failures: GateError[] = [];
  for (const file of files) {
    try {
      const text = await workspace.readText(file);
      if (text.startsWith(lfsPointer)) throw lfsRefused(file);
      const documents = mayHoldManifest(file, text) ? parseYaml({ file, text }) : [];
      if (documents.some(({ value }) => looksLikeManifest(value))) plain.push({ path: file, documents });
      else skipped.push(skippedUnit(file, 'not a Kubernetes manifest'));
    } catch (thrown) {
      failures.push(toGateError(thrown));
    }
  }
  return { plain, skipped, failures };
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: what stands in the place of a file that was not fetched. */
const lfsPointer = 'version https://git-lfs.github.com/spec/';

function lfsRefused(file: string): GateError {
  return new GateError('SOURCE_UNREADABLE', {
    file,
    line: 1,
    message: 'is a Git LFS pointer, whose content is not here',
    expected: 'the file itself',
    next: 'Check out with `lfs: true`, or exclude it if it is no manifest.',
  });
}

export function skippedUnit(path: string, reason: string, kind: SourceUnit['kind'] = 'plain'): SourceUnit {
  return { kind, path, status: 'skipped', resources: 0, reason };
}

/** A tsconfig.json with comments is no YAML and need not be: JSON without the key (or an escape that could hide it) is no manifest. */
function mayHoldManifest(file: string, text: string): boolean {
  return !/\.json$/i.test(file) || text.includes('apiVersion') || text.includes('\\u');
}

/** With one of the two keys and metadata it was meant as a manifest: render says what is missing. */
function looksLikeManifest(value: JsonValue): boolean {
  if (isArray(value)) return value.some(looksLikeManifest);
  if (!isObject(value)) return false;
  const keys = [value.apiVersion, value.kind].filter((part) => typeof part === 'string').length;
  return keys === 2 || (keys === 1 && isObject(value.metadata));
}

/** A link where a file would be read: it could show anything of the machine. */
export function symlinkRefused(file: string): GateError {
  return new GateError('RENDER_REFUSED', {
    file,
    message: 'is a symlink',
    expected: 'a regular file',
    next: 'Replace it by the file it points to, or exclude it.',
  });
}
