import * as z from 'zod';
import { matchesGlob } from '../../model/glob.ts';
import { type GatekeeperDocument, invalidPart } from './documents.ts';
import type { Place } from './match.ts';

/** Namespaces whose objects Gatekeeper's webhook does not evaluate, and the Config that excludes them. */
export interface Exclusion {
  readonly pattern: string;
  readonly config: string;
}

const specSchema = z.looseObject({
  match: z
    .array(z.strictObject({ excludedNamespaces: z.array(z.string()).nullish(), processes: z.array(z.string()).nullish() }))
    .nullish(),
});

/** https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces#exempting-namespaces-from-gatekeeper-using-config-resource */
export function readExclusions(document: GatekeeperDocument): readonly Exclusion[] {
  const parsed = specSchema.safeParse(document.spec);
  if (!parsed.success) throw invalidPart(document, ['spec'], parsed.error, specSchema);
  return (parsed.data.match ?? [])
    .filter(({ processes }) => processes?.some((process) => process === '*' || process === 'webhook'))
    .flatMap(({ excludedNamespaces }) => excludedNamespaces ?? [])
    .map((pattern) => ({ pattern, config: `${document.file}:${document.line}` }));
}

/** A namespace that is a guess excludes nothing. */
export function excludedBy({ namespace, guessed }: Place, exclusions: readonly Exclusion[]): Exclusion | undefined {
  if (namespace === undefined || guessed !== undefined) return undefined;
  return exclusions.find(({ pattern }) => matchesGlob(pattern, namespace));
}
