import type { WaiverSet } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { readTrusted } from './trusted-file.ts';
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
export function readLedger(root: string, ports: Pick<Ports, 'files'>): Promise<string | undefined> {
  return readTrusted(root, waiversFileName, ports);
}
