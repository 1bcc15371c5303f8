import { stringifyJson } from '../../model/json.ts';
import { nearest } from '../../model/nearest.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { invalid } from '../policy-error.ts';
import { type Constraint, readConstraint } from './constraints.ts';
import { type GatekeeperDocument, readDocuments } from './documents.ts';
import { type Exclusion, readExclusions } from './exclusions.ts';
import { type Expansion, readExpansion } from './expansions.ts';
import { readTemplate, type Template } from './templates.ts';

export interface GatekeeperPolicies {
  readonly templates: readonly Template[];
  readonly constraints: readonly Constraint[];
  readonly expansions: readonly Expansion[];
  /** Namespaces that Gatekeeper's Config keeps from the webhook. */
  readonly exclusions: readonly Exclusion[];
  readonly notes: readonly string[];
}

/** Reads every object of Gatekeeper's groups. Throws POLICY_INVALID with file and line for the first that Gatekeeper would not apply. */
export function loadPolicies(files: readonly PolicyFile[]): GatekeeperPolicies {
  const documents = distinct(readDocuments(files));
  const inGroup = (group: string, kind?: string) =>
    documents.filter((one) => one.group === `${group}.gatekeeper.sh` && (kind === undefined || one.kind === kind));
  const templates = inGroup('templates', 'ConstraintTemplate').map(readTemplate);
  const constraints = inGroup('constraints').map((document, index) =>
    readConstraint(document, templateOf(document, templates), index),
  );
  return {
    templates,
    constraints,
    expansions: inGroup('expansion', 'ExpansionTemplate').map(readExpansion),
    exclusions: inGroup('config', 'Config').flatMap(readExclusions),
    notes: [...constraints.flatMap(notesOn), ...documents.flatMap(leftOut)],
  };
}

/** gator would use the last of two objects with one name, and silently drop the first. */
function distinct(documents: readonly GatekeeperDocument[]): readonly GatekeeperDocument[] {
  const known = new Map<string, GatekeeperDocument>();
  for (const document of documents) {
    const key = JSON.stringify([document.group, document.kind, document.name]);
    const before = known.get(key);
    if (before !== undefined && stringifyJson(before.object) !== stringifyJson(document.object)) {
      throw invalid(document, {
        message: `${document.kind} ${document.name} is also defined in ${before.file}:${before.line}, and differently`,
        expected: 'one object of each kind and name: the cluster has only one of them',
        next: 'Remove or rename one.',
      });
    }
    known.set(key, before ?? document);
  }
  return [...known.values()];
}

function templateOf(document: GatekeeperDocument, templates: readonly Template[]): Template {
  const kinds = templates.map(({ kind }) => kind);
  const found = templates.find(({ kind }) => kind === document.kind);
  if (found !== undefined) return found;
  const near = nearest(document.kind, kinds);
  throw invalid(document, {
    message: `the Constraint ${document.kind} ${document.name} has no ConstraintTemplate`,
    expected: near === undefined ? `a ConstraintTemplate for the kind ${document.kind}` : `the kind ${near}`,
    next: 'Add the ConstraintTemplate to the folders in `policies`, or correct the kind.',
  });
}

function notesOn({ label, template: { needs, neverOnCreate } }: Constraint): readonly string[] {
  if (neverOnCreate) return [`${label} rejects nothing here: its template does not apply to new objects`];
  if (needs.cluster !== undefined) return [`${label} is not evaluated: ${needs.cluster}`];
  return needs.inventory
    ? [`${label} compares objects: with those of the same environment in this repository, and not with those in the cluster`]
    : [];
}

const otherKinds: Readonly<Record<string, string>> = {
  'mutations.gatekeeper.sh': 'resources are evaluated as they are written, without its change',
  'externaldata.gatekeeper.sh': 'external data is only available in the cluster',
  'syncset.gatekeeper.sh': 'data.inventory contains every resource of the same environment',
};

/** Everything that is neither evaluated nor read. */
function leftOut({ group, kind, name }: GatekeeperDocument): readonly string[] {
  const evaluated = ['templates', 'constraints', 'expansion', 'config'].some((one) => group === `${one}.gatekeeper.sh`);
  if (evaluated) return [];
  const reason = Object.hasOwn(otherKinds, group) ? otherKinds[group] : 'it configures a running Gatekeeper';
  return [`${kind} ${name} is not applied: ${reason}`];
}
