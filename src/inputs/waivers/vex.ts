import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { matchesGlob } from '../../model/glob.ts';
import type { Waiver, WaiverSet } from '../../model/waiver.ts';
import type { Files, WalkedFile } from '../../ports/ports.ts';
import { readCycloneDx } from './cyclonedx.ts';
import type { LedgerFile } from './ledger.ts';
import { type LocatedDocument, openLocated } from './located.ts';
import { readOpenVex } from './openvex.ts';
import { type ReadVex, toWaivers, withoutDoubted, wordsOf } from './statements.ts';

const neverRead = new Set(['.git', 'node_modules']);

/** The waivers of all VEX documents that the waivers file names. Throws GateError CONFIG_INVALID at the first thing that is wrong. */
export async function loadVex(
  root: string,
  ledger: LedgerFile,
  files: Files,
  today: Date,
): Promise<{ readonly waivers: readonly Waiver[]; readonly ignored: NonNullable<WaiverSet['ignored']> }> {
  const walked = await files.walk(root, (folder) => neverRead.has(path.posix.basename(folder)));
  const chosen = new Map(
    ledger.vex.flatMap((pattern, index) => choose(pattern, index, ledger, walked)).map((file) => [file.path, file]),
  );
  const read: ReadVex[] = [];
  for (const { path: file } of chosen.values()) read.push(readVex(await files.readText(path.join(root, file)), file, today));
  const { statements, ignored } = withoutDoubted(read);
  return { waivers: toWaivers(statements), ignored };
}

function choose(pattern: string, index: number, ledger: LedgerFile, walked: readonly WalkedFile[]): readonly WalkedFile[] {
  if (pattern.startsWith('/') || pattern.split('/').includes('..'))
    throw ledger.vexError(index, `\`${pattern}\` is outside of the repository`, 'a path from its root');
  const found = walked.filter((file) => matchesGlob(pattern.replace(/^\.\//, ''), file.path));
  if (found.length === 0) throw ledger.vexError(index, `\`${pattern}\` matches no file`, 'a file, or a glob of files');
  const link = found.find((file) => file.kind === 'symlink');
  if (link !== undefined) throw ledger.vexError(index, `${link.path} is a symlink`, 'a regular file');
  return found;
}

interface Format {
  readonly name: string;
  /** Keys of which one marks a document of this format. CycloneDX 2.0 renames `bomFormat`. */
  readonly marks: readonly string[];
  readonly versionKey: string;
  /** A version of this format, read or not. Anything else is an error of the document. */
  readonly version: RegExp;
  readonly isRead: RegExp;
  readonly expected: string;
  readonly read: (document: LocatedDocument, file: string, today: Date) => ReadVex;
}

const formats: readonly Format[] = [
  {
    name: 'CycloneDX',
    marks: ['bomFormat', 'specFormat'],
    versionKey: 'specVersion',
    version: /^\d+(?:\.\d+)*$/,
    isRead: /^1\.\d+$/,
    expected: 'CycloneDX 1.4 or a newer 1.x',
    read: readCycloneDx,
  },
  {
    name: 'OpenVEX',
    marks: ['@context'],
    versionKey: '@context',
    version: /^https:\/\/openvex\.dev\/ns/,
    isRead: /^https:\/\/openvex\.dev\/ns(?:\/v0(?:\.\d+)*)?$/,
    expected: 'https://openvex.dev/ns/v0.2.0 or another v0.x',
    read: readOpenVex,
  },
];

/**
 * The formats mark themselves. A document of another major version is ignored with a warning: it could only waive something, so that leaving
 * it out is safe, while refusing it would stop the gate for everybody.
 */
export function readVex(text: string, file: string, today: Date): ReadVex {
  const document = openLocated(text, file, 'See docs/waivers.md for the formats that are read.');
  const fields = new Map(Object.entries(typeof document.value === 'object' && document.value !== null ? document.value : {}));
  const other = unsupported(fields);
  if (other !== undefined)
    return unread(document, file, `${other} is not supported, the document is ignored; expected OpenVEX or CycloneDX`);
  const format = formats.find(({ marks }) => marks.some((mark) => fields.has(mark)));
  if (format === undefined)
    throw new GateError('CONFIG_INVALID', {
      file,
      line: 1,
      message: 'is not a VEX document that the gate can read',
      expected: 'OpenVEX (`@context`) or CycloneDX (`bomFormat`), as JSON',
      next: 'Convert it, or remove it from `vex`.',
    });
  const { name, versionKey, version, isRead, expected, read } = format;
  const written = fields.get(versionKey);
  if (typeof written !== 'string' || !version.test(written) || isRead.test(written)) return read(document, file, today);
  const reason = `this version of ${name} (${written.slice(0, 80)}) is not supported, the document is ignored; expected ${expected}`;
  return unread(document, file, reason, [versionKey]);
}

/** The payload of DSSE is text in base64. */
const envelope = z.object({ payload: z.string() });

/** Other formats of statements about vulnerabilities, by what marks them. Suppliers publish the same statements in several. */
function unsupported(fields: ReadonlyMap<string, unknown>): string | undefined {
  const csaf = z.object({ csaf_version: z.string() }).safeParse(fields.get('document'));
  if (csaf.success) return `CSAF ${csaf.data.csaf_version.slice(0, 80)}`;
  const inToto = [fields.get('_type'), fields.get('payloadType')].some(
    (type) => typeof type === 'string' && /^(?:https:\/\/in-toto\.io\/|application\/vnd\.in-toto)/.test(type),
  );
  return inToto ? 'an in-toto attestation, whose signature the gate does not verify here,' : undefined;
}

function unread(document: LocatedDocument, file: string, reason: string, at: readonly string[] = []): ReadVex {
  const { data } = envelope.safeParse(document.value);
  const inside = data === undefined ? '' : Buffer.from(data.payload, 'base64').toString();
  const words = wordsOf(`${JSON.stringify(document.value)} ${inside}`);
  return { statements: [], ignored: [{ file, line: document.line(at), reason }], unread: { file, words } };
}
