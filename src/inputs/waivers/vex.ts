import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { matchesGlob } from '../../model/glob.ts';
import type { Waiver, WaiverLedger } from '../../model/waiver.ts';
import type { Files, WalkedFile } from '../../ports/ports.ts';
import { readCycloneDx } from './cyclonedx.ts';
import type { LedgerFile } from './ledger.ts';
import { readOpenVex } from './openvex.ts';
import { type ReadVex, toWaivers } from './statements.ts';

const neverRead = new Set(['.git', 'node_modules']);

/** The waivers of all VEX documents a ledger names. Throws GateError CONFIG_INVALID at the first thing that is not right. */
export async function loadVex(
  root: string,
  ledger: LedgerFile,
  files: Files,
  today: Date,
): Promise<{ readonly waivers: readonly Waiver[]; readonly ignored: NonNullable<WaiverLedger['ignored']> }> {
  if (ledger.vex.length === 0) return { waivers: [], ignored: [] };
  const walked = await files.walk(root, (folder) => neverRead.has(path.posix.basename(folder)));
  const chosen = new Map(
    ledger.vex.flatMap((pattern, index) => choose(pattern, index, ledger, walked)).map((file) => [file.path, file]),
  );
  const read: ReadVex[] = [];
  for (const { path: file } of chosen.values()) read.push(readVex(await files.readText(path.join(root, file)), file, today));
  return { waivers: toWaivers(read.flatMap((one) => one.statements)), ignored: read.flatMap((one) => one.ignored) };
}

function choose(pattern: string, index: number, ledger: LedgerFile, walked: readonly WalkedFile[]): readonly WalkedFile[] {
  if (pattern.startsWith('/') || pattern.split('/').includes('..'))
    throw ledger.vexError(index, `\`${pattern}\` leaves the repository`, 'a path from its root');
  const found = walked.filter((file) => matchesGlob(pattern.replace(/^\.\//, ''), file.path));
  if (found.length === 0) throw ledger.vexError(index, `\`${pattern}\` matches no file`, 'a file, or a glob of files');
  const link = found.find((file) => file.kind === 'symlink');
  if (link !== undefined) throw ledger.vexError(index, `${link.path} is a symlink`, 'a regular file');
  return found;
}

/** The two formats name themselves: `bomFormat` or `@context`. */
export function readVex(text: string, file: string, today: Date): ReadVex {
  // Only to choose the reader, whose schema then decides: a document that names itself both ways fails neither silently nor here.
  if (/"bomFormat"\s*:/.test(text)) return readCycloneDx(text, file, today);
  if (/"@context"\s*:/.test(text)) return readOpenVex(text, file, today);
  throw new GateError('CONFIG_INVALID', {
    file,
    line: 1,
    message: 'is no VEX document that the gate can read',
    expected: 'OpenVEX (`@context`) or CycloneDX (`bomFormat`), as JSON',
    next: 'Convert it, or take it out of `vex`.',
  });
}
