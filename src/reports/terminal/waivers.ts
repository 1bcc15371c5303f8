import type { Waiver, WaiverUse } from '../../model/waiver.ts';
import { terminalLine } from '../escape.ts';
import type { Paint } from '../paint.ts';
import { plural, wrap } from '../text.ts';
import { block } from './findings.ts';

const mostPlaces = 5;

/** Waivers that somebody relies on and that allow nothing, at their line; those without a finding are counted. */
export function waiverLines(waivers: readonly WaiverUse[], width: number, paint: Paint): readonly string[] {
  const lines = [
    ...waivers.filter(({ status }) => status === 'refused').flatMap((use) => item(use, 'refused', use.reason)),
    ...waivers.filter(({ status }) => status === 'expired').flatMap((use) => item(use, `expired on ${use.waiver.expires}`)),
  ];
  const unused = unusedLine(waivers);
  return [
    ...(lines.length === 0 ? [] : [paint('Waivers not in force', 'bold'), ...lines, '']),
    ...(unused === '' ? [] : [...wrap(unused, width), '']),
  ];

  function item({ waiver }: WaiverUse, state: string, reason?: string): readonly string[] {
    return [
      `  ${paint(placeOf(waiver), 'bold')}  ${terminalLine(state)}`,
      ...block('', terminalLine(`${waiver.rule} on ${waiver.target}, owner ${waiver.owner}`), width),
      ...(reason === undefined ? [] : block('', terminalLine(reason), width)),
    ];
  }
}

/** A VEX document is about more than one repository, so its unused statements are not worth a line. */
function unusedLine(waivers: readonly WaiverUse[]): string {
  const unused = waivers.filter(
    ({ status, waiver: { source } }) => status === 'unused' && ['waivers', 'kyverno'].includes(source),
  );
  if (unused.length === 0) return '';
  const places = unused.slice(0, mostPlaces).map(({ waiver }) => placeOf(waiver));
  const more = unused.length > places.length ? ', …' : '';
  return `Unused: ${plural(unused.length, 'waiver')} without a finding in this run (${places.join(', ')}${more})`;
}

function placeOf({ file, line }: Waiver): string {
  return `${terminalLine(file)}:${line}`;
}
