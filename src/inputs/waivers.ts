import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { WaiverLedger } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { parseLedger, waiversFileName } from './waivers/ledger.ts';
import { loadVex } from './waivers/vex.ts';

/**
 * Reads `.k8s-gate/waivers.yaml` below a trusted folder: the base commit, never the change, which would otherwise waive itself. No file is an
 * empty ledger; a broken one is CONFIG_INVALID, because half a ledger is not what was agreed. Expired waivers are read and do not hold.
 */
export async function loadWaivers(root: string, ports: Pick<Ports, 'files'>, today: Date): Promise<WaiverLedger> {
  const text = await readLedger(root, ports);
  if (text === undefined) return { waivers: [], selfWaiver: 'deny', ignored: [] };
  const ledger = parseLedger(text, today);
  const vex = await loadVex(root, ledger, ports.files, today);
  return { waivers: [...ledger.waivers, ...vex.waivers], selfWaiver: ledger.selfWaiver, ignored: vex.ignored };
}

/** The ledger's text; undefined where there is none. */
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
  return new GateError('CONFIG_INVALID', { file: waiversFileName, message, expected, next: 'Replace it by the file itself.' });
}
