import { randomBytes } from 'node:crypto';
import type { EngineFinding } from '../model/finding.ts';

/** The result for one target, without run-specific values: `subject.resource` of its findings is empty. */
export interface StoredResult {
  readonly status: 'evaluated' | 'not-applicable';
  /** For `not-applicable`. */
  readonly reason?: string;
  readonly findings: readonly EngineFinding[];
  /** Notes for the reader about this target. */
  readonly notes?: readonly string[];
  /** For an image: the digest `sha256:…` of its tag. */
  readonly digest?: string;
}

/**
 * Results by content: a key covers everything that a result depends on (reuse.ts), so entries never become outdated. `find` only returns
 * entries that the gate itself stored, in this run or in earlier ones that it can authenticate.
 */
export interface Results {
  find(engine: string, key: string): StoredResult | undefined;
  keep(engine: string, key: string, result: StoredResult): void;
  /** Only known to this gate and its later runs. */
  readonly secret: string;
}

/** Outputs of helm and kustomize, stored with the results as one note each. */
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

/** Stores results for the lifetime of the process, so that content common to head and base is evaluated once. */
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
