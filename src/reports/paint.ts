import type { Severity } from '../model/severity.ts';
import type { Outcome } from '../model/verdict.ts';

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;
export type Style = keyof typeof codes;
/** Colors text if colors are enabled. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

export function createPaint(color: boolean): Paint {
  if (!color) return (text) => text;
  return (text, ...styles) => `\u001b[${styles.map((style) => codes[style]).join(';')}m${text}\u001b[0m`;
}

export const severityStyles: Readonly<Record<Severity, readonly Style[]>> = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  low: ['cyan'],
  unknown: ['magenta'],
};

export const outcomeStyles: Readonly<Record<Outcome, readonly Style[]>> = {
  pass: ['bold', 'green'],
  warn: ['bold', 'yellow'],
  block: ['bold', 'red'],
  error: ['bold', 'magenta'],
};
