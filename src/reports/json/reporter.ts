import type { Reporter } from '../reporter.ts';
import { reportText } from './report.ts';

/** For machines: the whole verdict. */
export const jsonReporter: Reporter = {
  id: 'json',
  title: 'JSON',
  summary: 'For programs: the whole verdict with every finding, error, engine and row of the coverage.',
  defaultFile: 'k8s-gate.json',
  render: (verdict, context) => `${reportText(verdict, context)}\n`,
};
