import * as z from 'zod';
import type { JsonObject } from '../../model/json.ts';
import type { Severity } from '../../model/severity.ts';
import { type GatekeeperDocument, invalidPart } from './documents.ts';
import { type Match, matchSchema } from './match.ts';
import type { Template } from './templates.ts';

export const enforcementActions = ['deny', 'warn', 'dryrun'] as const;
export type EnforcementAction = (typeof enforcementActions)[number];

export interface Constraint {
  /** Its name among the copies that gator gets. */
  readonly id: string;
  /** `K8sRequiredLabels/owner`: the rule of its findings. */
  readonly label: string;
  readonly document: GatekeeperDocument;
  readonly template: Template;
  readonly match: Match;
  readonly action: EnforcementAction;
  /** By annotation, of the Constraint or its template. */
  readonly severity?: Severity;
  readonly copy: JsonObject;
}

const constraintPrefix = 'k8s-gate-constraint-';
const actionSchema = z.enum(enforcementActions);
const scopedSchema = z
  .array(z.strictObject({ action: actionSchema, enforcementPoints: z.array(z.strictObject({ name: z.string() })).min(1) }))
  .min(1);

export function readConstraint(document: GatekeeperDocument, template: Template, index: number): Constraint {
  const match = parsed(document, 'match', matchSchema.nullish(), document.spec.match) ?? {};
  const id = `${constraintPrefix}${String(index).padStart(4, '0')}`;
  const severity = document.severity ?? template.severity;
  return {
    id,
    label: `${document.kind}/${document.name}`,
    document,
    template,
    match,
    action: actionOf(document),
    ...(severity !== undefined && { severity }),
    copy: copyOf(document, match, id),
  };
}

/**
 * Without what depends on the namespace, which matchesPlace decides, and with the action that makes gator evaluate it. The rest stays, so that
 * gator refuses unknown fields as the API server does.
 */
function copyOf({ object, spec }: GatekeeperDocument, match: Match, id: string): JsonObject {
  const { scopedEnforcementActions: _scoped, ...rest } = spec;
  const kept = { source: match.source, kinds: match.kinds, labelSelector: match.labelSelector, name: match.name };
  return {
    apiVersion: object.apiVersion ?? null,
    kind: object.kind ?? null,
    metadata: { name: id },
    spec: { ...rest, enforcementAction: 'deny', match: JSON.parse(JSON.stringify(withoutNull(kept))) },
  };
}

function withoutNull(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined));
}

/** The points at which the cluster rejects or warns. An audit only lists what exists, as `dryrun` does. */
const auditPoint = 'audit.gatekeeper.sh';

function actionOf(document: GatekeeperDocument): EnforcementAction {
  const { enforcementAction = 'deny', scopedEnforcementActions } = document.spec;
  if (enforcementAction !== 'scoped') return parsed(document, 'enforcementAction', actionSchema, enforcementAction);
  const scoped = parsed(document, 'scopedEnforcementActions', scopedSchema, scopedEnforcementActions);
  const actions = scoped
    .filter(({ enforcementPoints }) => enforcementPoints.some(({ name }) => name !== auditPoint))
    .map(({ action }) => action);
  return enforcementActions.find((action) => actions.includes(action)) ?? 'dryrun';
}

function parsed<Part>(document: GatekeeperDocument, key: string, schema: z.ZodType<Part>, value: unknown): Part {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidPart(document, ['spec', key], result.error, schema);
}
