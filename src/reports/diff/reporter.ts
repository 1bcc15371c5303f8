import type { DeployableDiff, RenderedDiff, ResourceDiff } from '../../model/rendered-diff.ts';
import { severities } from '../../model/severity.ts';
import { deployableName, differenceTitle } from '../difference.ts';
import { terminalCode, terminalLine } from '../escape.ts';
import { createPaint, type Paint, severityStyles } from '../paint.ts';
import type { Reporter } from '../reporter.ts';
import { plural } from '../text.ts';

/** What the change does to the cluster, as a unified diff: for editors and tools that show one, and for `k8s-gate diff`. */
export const diffReporter: Reporter = {
  id: 'diff',
  title: 'Rendered difference',
  summary: 'For people: what the change adds, changes and removes in the cluster as a unified diff, with findings at its lines.',
  defaultFile: 'k8s-gate.diff',
  render({ difference }, { color }) {
    if (difference === undefined) return 'No rendered difference, because the base was not rendered.\n';
    const paint = createPaint(color);
    return `${[...headLines(difference, paint), ...difference.deployables.flatMap((one) => deployableLines(one, paint))].join('\n')}\n`;
  },
};

function headLines(diff: RenderedDiff, paint: Paint): readonly string[] {
  return [
    paint(differenceTitle(diff), 'bold'),
    ...diff.notCompared.map(
      ({ what, side, reason }) =>
        `${terminalLine(what)} was not rendered ${side === 'base' ? 'on the base' : 'with the change'}, so it is not compared: ${terminalLine(reason)}`,
    ),
  ];
}

function deployableLines(deployable: DeployableDiff, paint: Paint): readonly string[] {
  const name = deployableName(deployable);
  return ['', paint(terminalLine(name), 'bold'), ...deployable.resources.flatMap((one) => resourceLines(one, name, paint))];
}

function resourceLines(
  { change, label, source, lines, left = 0 }: ResourceDiff,
  deployable: string,
  paint: Paint,
): readonly string[] {
  const name = terminalLine(`${deployable}: ${label} (${source.file}:${source.line})`);
  return [
    paint(`--- ${change === 'added' ? '/dev/null' : `base ${name}`}`, 'bold'),
    paint(`+++ ${change === 'removed' ? '/dev/null' : `change ${name}`}`, 'bold'),
    ...lines.map((line) => painted(terminalCode(line), paint)),
    ...(left === 0 ? [] : [paint(`! ${plural(left, 'more line')}`, 'dim')]),
  ];
}

function painted(line: string, paint: Paint): string {
  switch (line.charAt(0)) {
    case '+':
      return paint(line, 'green');
    case '-':
      return paint(line, 'red');
    case '@':
      return paint(line, 'cyan');
    case '!': {
      const severity = severities.find((one) => line.startsWith(`! ${one} `));
      return paint(line, ...(severity === undefined ? (['bold'] as const) : severityStyles[severity]));
    }
    default:
      return line;
  }
}
