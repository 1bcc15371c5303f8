import type { Gap } from '../model/gap.ts';
import type { GateError } from '../model/gate-error.ts';
import type { PlainSource } from '../model/source-set.ts';
import { type Rendered, readItems } from './objects.ts';

/** The result of one file, chart or kustomization. */
export interface UnitResult {
  readonly rendered: readonly Rendered[];
  readonly failures: readonly GateError[];
  /** What could not be rendered though nothing is wrong with it. */
  readonly gaps?: readonly Gap[];
  /** It was rendered in a way that only some deployers render it: a gap unless one of those deploys it. */
  readonly restricted?: Gap;
  /** Releases and dependencies that were rendered, each as a gap would name it. */
  readonly evaluated?: readonly string[];
  /** For the coverage, next to the number of resources. */
  readonly note?: string;
  /** Files that what was rendered came from, relative to the workspace. */
  readonly from?: ReadonlySet<string>;
  /** Documents that were skipped, and why. */
  readonly skipped?: readonly string[];
}

/** Each field is where it is written. */
export function readPlain({ path: file, documents, skipped = [] }: PlainSource): UnitResult {
  const read = documents.map((document) => ({ document, ...readItems(document) }));
  return {
    rendered: read.flatMap(({ document, items }) =>
      items.map(({ identity, path: at }) => ({
        source: { kind: 'plain' as const, unit: file },
        origin: { locate: (field) => document.locate(at.length === 0 ? field : [...at, ...field]) },
        ...identity,
      })),
    ),
    failures: read.flatMap(({ failures }) => failures),
    skipped: [...skipped.map(({ line, reason }) => `line ${line}: ${reason}`), ...read.flatMap((one) => one.skipped)],
  };
}
