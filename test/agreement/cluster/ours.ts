import type { Place } from '../../../src/engines/cel/admission.ts';
import { evaluate, loadPack } from '../../../src/engines/cel/evaluate.ts';
import { definitionsIn } from '../../../src/model/definitions.ts';
import { isObject, type JsonObject, stringifyJson } from '../../../src/model/json.ts';
import type { Question, Served, Status } from './oracle.ts';

/** `unknown`: known only to a cluster. `refused`: the policy is an error as a whole. */
export type OurStatus = Status | 'unknown' | 'refused';
export interface OurAnswer {
  /** The results of all bindings and parameters, sorted. */
  readonly statuses: readonly OurStatus[];
  /** The reason if it is not a pass. */
  readonly messages: readonly string[];
}

/** What this engine answers to the same question, if the policy and its parameters are in the files of policies. */
export function ourAnswer({ policy, bindings, params, namespaces, served, object, resource }: Question): OurAnswer {
  const text = [policy, ...bindings, ...params].map((one) => stringifyJson(one)).join('\n---\n');
  const place = placeOf({ namespaces, served, resource });
  try {
    const results = loadPack([{ path: 'p.yaml', text }]).flatMap((one) => evaluate(one, object, place));
    const statuses = results.map(({ status }): OurStatus => {
      return status === 'indeterminate' ? 'unknown' : status === 'not-matched' ? 'none' : status;
    });
    return {
      statuses: [...new Set(statuses)].toSorted(),
      messages: results.map(({ message }) => message).filter((one) => one !== ''),
    };
  } catch (thrown) {
    return { statuses: ['refused'], messages: [thrown instanceof Error ? thrown.message : String(thrown)] };
  }
}

/** What else is in the set. */
export function placeOf({ namespaces, served, resource }: Pick<Question, 'namespaces' | 'served' | 'resource'>): Place {
  return {
    namespaces: new Map(namespaces.map((one) => [nameOf(one), one])),
    definitions: definitionsIn([resource, ...served].filter(({ group }) => group.includes('.')).map(definitionOf)),
  };
}

function nameOf({ metadata }: JsonObject): string {
  return isObject(metadata) ? String(metadata.name) : '';
}

function definitionOf({ group, kind, plural, namespaced }: Served): JsonObject {
  const spec = { group, scope: namespaced ? 'Namespaced' : 'Cluster', names: { kind, plural } };
  return { metadata: { name: `${plural}.${group}` }, spec };
}
