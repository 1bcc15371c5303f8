import { createHash } from 'node:crypto';
import { type Coverage, type Target, targetKey } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import { type JsonObject, stringifyJson } from '../model/json.ts';
import { memoizeByObject } from '../model/memoize.ts';
import type { Resource } from '../model/resource.ts';
import type { EngineContext } from './engine.ts';
import { joined, nothing, type Part } from './part.ts';
import type { StoredResult } from './results.ts';

/** A target and all that its result depends on, apart from the circumstances. */
export interface Item {
  readonly target: Target;
  readonly content: string;
}

/**
 * Only evaluates items without a stored result for the same circumstances: same engine, binary, options, policies and data, all of which
 * are part of `circumstances`. `judge` always includes the engine's canary, so every stored result was found together with one. Failures are
 * never stored, and neither are results of an engine whose binary has no known hash (`tool.sha256`). `together`: if one result is missing,
 * all items are evaluated again, because the engine relates them to each other.
 */
export async function reuse(
  context: Pick<EngineContext, 'results' | 'tool' | 'progress'>,
  circumstances: JsonObject & { readonly engine: string },
  items: readonly Item[],
  judge: (missing: ReadonlySet<string>) => Promise<Part>,
  scope: 'each' | 'together' = 'each',
): Promise<Part> {
  const { results, tool, progress } = context;
  const { engine } = circumstances;
  const common = digest(stringifyJson({ ...circumstances, binary: tool?.sha256 ?? null }));
  const unknown = tool !== undefined && tool.sha256 === undefined;
  const keys = new Map(unknown ? [] : items.map(({ target, content }) => [targetKey(target), keyOf(common, target, content)]));
  const found = items.map(({ target }) => ({ target, stored: results.find(engine, keys.get(targetKey(target)) ?? '') }));
  const startOver = scope === 'together' && found.some(({ stored }) => stored === undefined);
  const known = startOver ? [] : found.flatMap(({ target, stored }) => (stored === undefined ? [] : [restored(target, stored)]));
  const missing = new Set(found.filter(({ stored }) => startOver || stored === undefined).map(({ target }) => targetKey(target)));
  if (known.length > 0) progress(`${known.length} of ${items.length} results reused`);
  const judged = missing.size === 0 ? { ...nothing, notes: results.find(engine, common)?.notes ?? [] } : await judge(missing);
  keep(context, engine, keys, judged);
  if (!unknown && judged.notes.length > 0)
    results.keep(engine, common, { status: 'evaluated', findings: [], notes: judged.notes });
  const notes =
    known.length === 0 ? [] : [`${known.length} of ${items.length} results are reused from an earlier run with the same content`];
  return joined([...known, judged], notes);
}

/** The content of a resource as engines see it. */
export const contentOf = memoizeByObject((resource: Resource): string => {
  // Results for a stand-in refer to its owner.
  const { apiVersion, kind } = resource.standsFor ?? {};
  const owner = resource.standsFor === undefined ? '' : ` of ${apiVersion} ${kind}`;
  return digest(stringifyJson(resource.object) + owner);
});

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function keyOf(common: string, target: Target, content: string): string {
  return digest(`${common} ${target.kind} ${content}`);
}

function restored(target: Target, { status, reason, findings, notes, digest: image }: StoredResult): Part {
  const own = (finding: EngineFinding): EngineFinding =>
    target.kind === 'resource' && finding.subject.kind === 'resource'
      ? { ...finding, subject: { ...finding.subject, resource: target.resource } }
      : target.kind === 'image' && finding.subject.kind === 'image'
        ? { ...finding, subject: { ...finding.subject, reference: target.reference } }
        : finding;
  const coverage: Coverage =
    status === 'evaluated' ? { target, status } : { target, status, reason: reason ?? 'nothing is about it' };
  return {
    findings: findings.map(own),
    coverage: [coverage],
    notes: [],
    ...(notes !== undefined && { targetNotes: new Map([[targetKey(target), notes]]) }),
    ...(image !== undefined && target.kind === 'image' && { digests: { [target.reference]: image } }),
  };
}

/** Stores nothing if a finding belongs to none of the targets, or if a target has two results. */
function keep({ results }: Pick<EngineContext, 'results'>, engine: string, keys: ReadonlyMap<string, string>, part: Part): void {
  const findings = new Map<string, EngineFinding[]>(part.coverage.map(({ target }) => [targetKey(target), []]));
  if (findings.size !== part.coverage.length) return;
  for (const finding of part.findings) {
    const list = findings.get(subjectKey(finding));
    if (list === undefined) return;
    list.push(finding);
  }
  for (const entry of part.coverage) {
    const name = targetKey(entry.target);
    const key = keys.get(name);
    if (entry.status === 'failed' || key === undefined) continue;
    const notes = part.targetNotes?.get(name);
    const image = entry.target.kind === 'image' ? part.digests?.[entry.target.reference] : undefined;
    const own = findings.get(name) ?? [];
    results.keep(engine, key, {
      status: entry.status,
      ...(entry.status === 'not-applicable' && { reason: entry.reason }),
      // Copied only if they are read, by the evaluation of the base or by what stores them.
      get findings() {
        return own.map(withoutTarget);
      },
      ...(notes !== undefined && { notes }),
      ...(image !== undefined && { digest: image }),
    });
  }
}

function subjectKey({ subject }: EngineFinding): string {
  if (subject.kind === 'resource') return targetKey({ kind: 'resource', resource: subject.resource });
  return subject.kind === 'image' ? targetKey({ kind: 'image', reference: subject.reference }) : '';
}

function withoutTarget(finding: EngineFinding): EngineFinding {
  const { subject } = finding;
  if (subject.kind === 'resource') return { ...finding, subject: { ...subject, resource: '' } };
  return subject.kind === 'image' ? { ...finding, subject: { ...subject, reference: '' } } : finding;
}
