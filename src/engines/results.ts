import { randomBytes } from 'node:crypto';
import type { EngineFinding } from '../model/finding.ts';

/** What was said of one target, without what belongs to one run only: `subject.resource` of its findings is empty. */
export interface StoredResult {
  readonly status: 'evaluated' | 'not-applicable';
  /** Of `not-applicable`. */
  readonly reason?: string;
  readonly findings: readonly EngineFinding[];
  /** What a reader should know of this target. */
  readonly notes?: readonly string[];
  /** Of an image: `sha256:…` that its tag pointed to. */
  readonly digest?: string;
}

/**
 * Results by content: a key says everything that a result depends on (reuse.ts), so that an entry is true for as long as it is kept.
 * `find` answers only with what the gate itself kept, in this run or in one whose entries it can tell from foreign ones.
 */
export interface Results {
  find(engine: string, key: string): StoredResult | undefined;
  keep(engine: string, key: string, result: StoredResult): void;
  /** Known to this gate and its later runs alone. */
  readonly secret: string;
}

/** Outputs of helm and kustomize, kept beside the results: each is one note. */
export function renderingsOf(results: Results): {
  readonly secret: string;
  readonly find: (key: string) => string | undefined;
  readonly keep: (key: string, output: string) => void;
} {
  return {
    secret: results.secret,
    find: (key) => results.find('rendered', key)?.notes?.[0],
    keep: (key, output) => results.keep('rendered', key, { status: 'evaluated', findings: [], notes: [output] }),
  };
}

/** Remembers for as long as the process runs: what head and base have in common is judged once. */
export function createResults(
  earlier?: Pick<Results, 'find' | 'secret'>,
): Results & { readonly kept: ReadonlyMap<string, ReadonlyMap<string, StoredResult>> } {
  const kept = new Map<string, Map<string, StoredResult>>();
  return {
    kept,
    secret: earlier?.secret ?? randomBytes(32).toString('hex'),
    find: (engine, key) => kept.get(engine)?.get(key) ?? earlier?.find(engine, key),
    keep(engine, key, result) {
      const own = kept.get(engine) ?? new Map<string, StoredResult>();
      kept.set(engine, own.set(key, result));
    },
  };
}
