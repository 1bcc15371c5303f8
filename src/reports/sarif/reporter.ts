import type { Reporter } from '../reporter.ts';
import { toSarif } from '../sarif-log.ts';

/** A file to upload with `github/codeql-action/upload-sarif`, or for other SARIF consumers. */
export const sarifReporter: Reporter = {
  id: 'sarif',
  title: 'SARIF',
  summary: 'For GitHub code scanning and other readers of SARIF 2.1.0.',
  defaultFile: 'k8s-gate.sarif',
  render: (verdict, context) => toSarif(verdict, context).text,
};
