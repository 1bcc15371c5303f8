import * as z from 'zod';
import { objectAt, valueAt } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import { type GatekeeperDocument, invalidPart } from './documents.ts';

const gvk = z.strictObject({ group: z.string().default(''), version: z.string().min(1), kind: z.string().min(1) });
const specSchema = z.strictObject({
  applyTo: z
    .array(z.strictObject({ groups: z.array(z.string()), versions: z.array(z.string()), kinds: z.array(z.string()) }))
    .min(1),
  templateSource: z.string().min(1),
  generatedGVK: gvk,
  enforcementAction: z.enum(['', 'deny', 'warn', 'dryrun']).default(''),
});

/** An ExpansionTemplate: what a controller creates from a resource, which Constraints then match. */
export interface Expansion extends z.infer<typeof specSchema> {
  readonly name: string;
  readonly document: GatekeeperDocument;
}

export function readExpansion(document: GatekeeperDocument): Expansion {
  const parsed = specSchema.safeParse(document.spec);
  if (parsed.success) return { ...parsed.data, name: document.name, document };
  throw invalidPart(document, ['spec'], parsed.error, specSchema);
}

/** Deeper chains of expansions are not followed here; gator reports those that never end. */
const maxDepth = 5;

/** What gator reviews besides the resource itself. Mutations are not applied to it, and its name is made up. */
export function impliedBy(object: JsonObject, expansions: readonly Expansion[], depth = 0): readonly JsonObject[] {
  if (depth === maxDepth) return [];
  return expansions
    .filter(({ applyTo }) => applyTo.some((one) => applies(one, object)))
    .flatMap((expansion) => {
      const source = valueAt(object, expansion.templateSource.split('.'));
      if (!isObject(source)) return [];
      const { group, version, kind } = expansion.generatedGVK;
      const parent = objectAt(object, 'metadata');
      const name = `${String(parent.name ?? '')}-${kind}`.toLowerCase();
      const metadata = { ...objectAt(source, 'metadata'), name, namespace: parent.namespace ?? null };
      const implied = { ...source, apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata };
      return [implied, ...impliedBy(implied, expansions, depth + 1)];
    });
}

function applies({ groups, versions, kinds }: Expansion['applyTo'][number], object: JsonObject): boolean {
  const apiVersion = String(object.apiVersion);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return groups.includes(groupOf(apiVersion)) && versions.includes(version) && kinds.includes(String(object.kind));
}

/** The resource and what it implies, as a Constraint sees them. */
export function reviewsOf({ object }: Pick<Resource, 'object'>, expansions: readonly Expansion[]) {
  return [
    { object, source: 'Original' as const },
    ...impliedBy(object, expansions).map((implied) => ({ object: implied, source: 'Generated' as const })),
  ];
}
