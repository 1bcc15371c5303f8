import { isUtf8 } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, createReadStream, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { chmod, mkdtemp, open, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GateError } from '../model/gate-error.ts';
import { makeFolders } from './make-folders.ts';
import { unpack } from './node-unpack.ts';
import type { FileStat, Files, WalkedFile } from './ports.ts';
import { remedyFor, systemCode, whyNot } from './system-error.ts';

/** The file system of this machine. */
export function createNodeFiles(): Files {
  return {
    readText: (file) =>
      attempt(file, 'read', async () => readSmall(file, (bytes) => decode(file, bytes)) ?? decode(file, await readRegular(file))),
    readBytes: (file) =>
      attempt(file, 'read', async () => readSmall(file, (bytes) => Buffer.from(bytes)) ?? (await readRegular(file))),
    write: (file, content) => attempt(file, 'written', () => writeWhole(file, content)),
    stat: (file) => attempt(file, 'read', async () => statOf(file)),
    walk: (root, skipFolder) => attempt(root, 'read', () => walk(root, skipFolder)),
    resolveInside: (root, file) => attempt(file, 'read', () => resolveInside(root, file)),
    makeTempDir: (prefix) => attempt(tmpdir(), 'written', async () => mkdtemp(path.join(await realpath(tmpdir()), prefix))),
    makeDir: (folder) => attempt(folder, 'created', () => makeFolders(folder)),
    remove: (target) => attempt(target, 'removed', () => rm(target, { recursive: true, force: true, maxRetries: 3 })),
    rename: (from, to) => attempt(to, 'written', () => rename(from, to)),
    makeExecutable: (file) => attempt(file, 'made executable', () => chmod(file, 0o755)),
    sha256: (file) => attempt(file, 'read', () => hashFile(file)),
    unpack: (archive, into, plan) => attempt(archive, 'unpacked', () => unpack(archive, into, plan)),
  };
}

async function attempt<T>(file: string, verb: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof GateError) throw thrown;
    throw new GateError('SOURCE_UNREADABLE', {
      file,
      message: `cannot be ${verb}: ${whyNot(thrown)}`,
      next: remedyFor(thrown),
      cause: thrown,
    });
  }
}

/** O_NONBLOCK, because opening a FIFO in a change would wait forever for a writer. */
async function readRegular(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile())
      throw new GateError('SOURCE_UNREADABLE', { file, message: 'is not a regular file', expected: 'a file' });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Ten thousand manifests with five trips to the thread pool each took a second: small files are read synchronously. */
const smallBytes = 64 * 1024;

/** The content of a small file while it is read and used, without an await in between; one byte more shows that it grew. */
const scratch = Buffer.allocUnsafeSlow(smallBytes + 1);

/** Undefined: it is large, not a file, or changed while it was read. */
function readSmall<T>(file: string, use: (bytes: Buffer) => T): T | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || found.size > smallBytes) return undefined;
    const count = readSync(descriptor, scratch, 0, found.size + 1, 0);
    return count === found.size ? use(scratch.subarray(0, count)) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Strict: an engine could read invalid UTF-8 differently than the gate. */
function decode(file: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new GateError('SOURCE_UNREADABLE', { file, message: 'is not UTF-8 text', next: 'Save it as UTF-8.' });
  return bytes.toString('utf8');
}

async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await makeFolders(folder);
  const temporary = path.join(folder, `.${path.basename(file).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    const mode = modeOf(file);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

/** A file that is replaced keeps its permissions. */
function modeOf(file: string): number | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.mode & 0o7777 : undefined;
}

function statOf(file: string): FileStat | undefined {
  try {
    const found = lstatSync(file);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'symlink' : 'other';
    return { kind, size: found.size, modifiedMs: found.mtimeMs };
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}

async function resolveInside(root: string, file: string): Promise<string | undefined> {
  try {
    const [top, found] = await Promise.all([realpath(root), realpath(file)]);
    const steps = path.relative(top, found).split(path.sep);
    return steps[0] === '..' || path.isAbsolute(path.relative(top, found)) || steps.includes('.git')
      ? undefined
      : steps.join('/');
  } catch (thrown) {
    if (isAbsent(thrown) || systemCode(thrown) === 'ELOOP') return undefined;
    throw thrown;
  }
}

function isAbsent(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(thrown) ?? '');
}

async function walk(root: string, skipFolder: (relativePath: string) => boolean): Promise<readonly WalkedFile[]> {
  const found: WalkedFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      refuseUnreadableName(root, relative, entry.isDirectory());
      if (entry.isDirectory()) {
        if (!skipFolder(relative)) folders.push(relative);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        // A file that was removed since readdir is not listed.
        const size = statOf(path.join(root, relative))?.size;
        if (size !== undefined) found.push({ path: relative, kind: entry.isFile() ? 'file' : 'symlink', size });
      }
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Node replaces what is not UTF-8 in a name, and finds no such file then. `kubectl apply -f` reads it: a manifest must not be left out. Other files
 * cannot be named by a kustomization, which is UTF-8 text.
 */
function refuseUnreadableName(root: string, relative: string, isFolder: boolean): void {
  if (!relative.includes('\ufffd') || statOf(path.join(root, relative)) !== undefined) return;
  if (!isFolder && !/\.(?:ya?ml|json|tgz)$/i.test(relative) && !/(?:^|\/)templates\//.test(relative)) return;
  throw new GateError('SOURCE_UNREADABLE', {
    file: relative,
    message: `the name of this ${isFolder ? 'folder' : 'file'} is not UTF-8`,
    expected: 'a name in UTF-8',
    next: 'Rename it.',
  });
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
