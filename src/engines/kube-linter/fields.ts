import type { FieldPath } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { containersIn, podWithContainers } from '../../model/pod-paths.ts';
import data from './checks.json' with { type: 'json' };

/** KubeLinter does not report fields. The field of each check about a container, a pod or another object. */
const fields: Readonly<Record<'container' | 'pod' | 'object', Readonly<Record<string, FieldPath>>>> = data.fields;

/** The field of a finding, as precisely as check and message allow; empty if unknown. */
export function fieldOf(object: JsonObject, check: string, message: string): FieldPath {
  const ofObject = fields.object[check];
  if (ofObject !== undefined) return ofObject;
  const podSpec = podWithContainers(object);
  if (podSpec === undefined) return [];
  const container = containerNamed(object, podSpec, message);
  if (container !== undefined) return [...container, ...(fields.container[check] ?? [])];
  const ofPod = fields.pod[check];
  if (ofPod !== undefined) return [...podSpec, ...ofPod];
  return fields.container[check] === undefined ? [] : [...podSpec, 'containers'];
}

/** `container "web" …`, and `container web mounts …` in one check. */
const named = /\bcontainer (?:"((?:[^"\\]|\\.)+)"|([a-z0-9][a-z0-9-]*)(?= mounts))/;

function containerNamed(object: JsonObject, podSpec: FieldPath, message: string): FieldPath | undefined {
  const match = named.exec(message);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  return containersIn(object, podSpec).find(({ item }) => isObject(item) && item.name === name)?.path;
}
