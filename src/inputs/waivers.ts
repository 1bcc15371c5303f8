import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { WaiverSet } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { parseLedger, waiversFileName } from './waivers/ledger.ts';

/**
 * Reads `.k8s-gate/waivers.yaml` below a trusted folder: the base commit, never the change, which would otherwise waive itself. Without the
 * file there are no waivers; an invalid one is CONFIG_INVALID, because a part of the waivers is not what was agreed. Expired waivers are read
 * and are not in force.
 */
export async function loadWaivers(root: string, ports: Pick<Ports, 'files'>, today: Date): Promise<WaiverSet> {
  const text = await readLedger(root, ports);
  if (text === undefined) return { waivers: [], selfWaiver: 'deny', ignored: [] };
  const ledger = parseLedger(text, today);
  const { waivers, selfWaiver } = ledger;
  if (ledger.vex.length === 0) return { waivers, selfWaiver, ignored: [] };
  // Loaded here, with its schemas: few repositories have VEX documents.
  const { loadVex } = await import('./waivers/vex.ts');
  const vex = await loadVex(root, ledger, ports.files, today);
  return { waivers: [...waivers, ...vex.waivers], selfWaiver, ignored: vex.ignored };
}

/** The file's text; undefined if there is none. */
export async function readLedger(root: string, { files }: Pick<Ports, 'files'>): Promise<string | undefined> {
  const folder = await files.stat(path.join(root, path.dirname(waiversFileName)));
  if (folder === undefined) return undefined;
  if (folder.kind !== 'folder') throw refused(`its folder is a ${folder.kind}`);
  const file = await files.stat(path.join(root, waiversFileName));
  if (file === undefined) return undefined;
  if (file.kind !== 'file') throw refused(`is a ${file.kind}`);
  return await files.readText(path.join(root, waiversFileName));
}

function refused(message: string): GateError {
  const expected = 'a regular file: what a link points at may lie outside the trusted base';
  return new GateError('CONFIG_INVALID', { file: waiversFileName, message, expected, next: 'Replace it with the file itself.' });
}
