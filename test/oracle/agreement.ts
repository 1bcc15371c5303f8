import path from 'node:path';
import { createCrdRules } from '../../src/engines/cel/crd-rules.ts';
import { createCatalog } from '../../src/engines/schema/catalog.ts';
import { Crds } from '../../src/engines/schema/crds.ts';
import { type Judgement, judgeFor } from '../../src/engines/schema/judge.ts';
import { objectRules } from '../../src/engines/schema/rules/index.ts';
import { parsePath } from '../../src/model/field-path.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { createNodeFiles } from '../../src/ports/node-files.ts';
import { resource } from '../support/model.ts';
import { root } from '../support/root.ts';
import type { ApiAnswer } from './apiserver.ts';

const catalog = createCatalog(await createNodeFiles().readText(path.join(root, 'openapi/kubernetes.json')));
const schemas = { catalog, crds: new Crds([], []), rules: objectRules, crdRules: createCrdRules() };

/** What the engine reports that blocks, for Kubernetes 1.36. */
export function refusals(
  object: JsonObject,
): readonly { readonly rule: string; readonly path: readonly (string | number)[]; readonly message: string }[] {
  const { problems, rules }: Judgement = judgeFor(
    resource({ uid: 'object', apiVersion: String(object.apiVersion), kind: String(object.kind), object }),
    36,
    schemas,
  );
  return [...problems, ...rules.filter(({ severity }) => severity !== 'medium')];
}

/** Where the API server refuses and the engine does not, and why that is left. */
export const left = new Map<string, RegExp>([
  [
    'the expression is compiled by the engine that evaluates policies, not here',
    /compilation failed|must evaluate to|CEL|expression/,
  ],
  ['an Event belongs to the namespace of what it is about, and nobody deploys Events', /does not match event\.namespace/],
  ['the entropy and limits of the queues of a priority level', /entropy bits|queues: |only the schema named 'exempt'/],
  ['a key is twice in `matchLabelKeys`', /exists in both matchLabelKeys and labelSelector/],
]);

export function reasonFor({ errors }: ApiAnswer): string | undefined {
  return [...left].find(([, pattern]) => errors.some(({ field = '', detail }) => pattern.test(`${field}: ${detail}`)))?.[0];
}

/** Where the API server's own place is that of its internal type, or leaves a step out. */
const inexact =
  /webhookClientConfig|^metadata\.taints|downwardAPI\.|^data\[|^spec\.template\.labels$|^namespace$|^involvedObject/;

/** Whether one of the places is near one of the API server's: the same field, its parent or a neighbor. */
export function isNear(paths: readonly (readonly (string | number)[])[], { errors }: ApiAnswer): boolean {
  const theirs = errors.flatMap(({ field, detail }) => {
    const strict = /(?:unknown|duplicate) field "([^"]+)"/.exec(detail)?.[1];
    const text = strict ?? field;
    return text === undefined || text === '' || text === '<nil>' ? [] : [parsePath(text)];
  });
  if (theirs.length === 0 || errors.some(({ field }) => field !== undefined && inexact.test(field))) return true;
  const parent = (steps: readonly (string | number)[]) => steps.slice(0, Math.max(1, steps.length - 1));
  const startsWith = (steps: readonly (string | number)[], start: readonly (string | number)[]) =>
    start.every((step, index) => String(step).toLowerCase() === String(steps[index]).toLowerCase());
  return paths.some((ours) =>
    theirs.some((their) => startsWith(ours, parent(their)) || startsWith(their, parent(ours)) || startsWith(their, ours)),
  );
}
