import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';

/** Wraps `files` so that errors contain paths relative to the roots, like all messages: exports are deleted after the run. */
export function namedFrom(roots: readonly string[], files: Files): Files {
  const named = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (thrown) {
      throw thrown instanceof GateError ? renamed(thrown, roots) : thrown;
    }
  };
  return {
    ...files,
    readText: (file) => named(files.readText(file)),
    readBytes: (file) => named(files.readBytes(file)),
    stat: (file) => named(files.stat(file)),
    walk: (root, skipFolder) => named(files.walk(root, skipFolder)),
    resolveInside: (root, file) => named(files.resolveInside(root, file)),
    sha256: (file) => named(files.sha256(file)),
  };
}

function renamed(error: GateError, roots: readonly string[]): GateError {
  const { file } = error.details;
  const root = file === undefined ? undefined : roots.find((one) => file === one || file.startsWith(`${one}/`));
  if (file === undefined || root === undefined) return error;
  return new GateError(error.code, { ...error.details, file: path.relative(root, file) || '.' });
}
