import type { Waiver, WaiverSet } from '../../model/waiver.ts';
import { printable } from './entry.ts';

const soonDays = 30;

/** The waivers as text: those in force, about to expire and expired. */
export function listLedger(
  { waivers, selfWaiver, ignored = [] }: WaiverSet,
  today: Date,
  inVain: readonly { readonly file: string; readonly line: number; readonly title: string }[] = [],
): string {
  const day = (ahead: number): string => new Date(today.getTime() + ahead * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);
  const expired = waivers.filter((waiver) => waiver.expires < day(0));
  const soon = waivers.filter((waiver) => waiver.expires >= day(0) && waiver.expires <= day(soonDays));
  const later = waivers.filter((waiver) => waiver.expires > day(soonDays));
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`In force, expiring within ${soonDays} days`, soon.map(line)],
    ['In force', later.map(line)],
    ['Expired: renew or remove', expired.map(line)],
    ['Without effect: correct or remove', inVain.map((one) => `${one.file}:${one.line}: ${one.title}`)],
    [
      'Ignored: VEX documents, their statements and PolicyExceptions',
      ignored.map((one) => `${one.file}:${one.line}: ${one.reason}`),
    ],
  ];
  const shown = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}:\n${lines.map((text) => `  ${printable(text)}\n`).join('')}`);
  const held = soon.length + later.length;
  const author =
    selfWaiver === 'deny' ? 'waivers do not apply to changes by their owner' : 'waivers also apply to changes by their owner';
  return `${shown.join('\n')}${shown.length > 0 ? '\n' : ''}${held} in force, ${expired.length} expired; ${author}.\n`;
}

function line(waiver: Waiver): string {
  const where = waiver.environments === undefined ? '' : ` in ${waiver.environments.join(', ')}`;
  const part = waiver.component === undefined ? '' : ` (${waiver.component.name} ${waiver.component.version ?? '*'})`;
  return `${waiver.expires}  ${waiver.rule} on ${waiver.target}${part}${where}: ${waiver.reason} [${waiver.owner}, ${waiver.file}:${waiver.line}]`;
}
