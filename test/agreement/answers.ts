import { celEngine } from '../../src/engines/cel/engine.ts';
import { splitMessage } from '../../src/engines/cel/fields.ts';
import { readResults } from '../../src/engines/kyverno/report.ts';
import { isObject, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Tool } from '../../src/model/tool.ts';
import { resource } from '../support/model.ts';
import { nodePorts } from '../support/node-ports.ts';
import { judgeByPolicies, policy as policyFile } from '../support/policy-bench.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import { type Candidate, nameOf } from './policies.ts';

export type Status = 'pass' | 'fail' | 'error' | 'unknown' | 'none';
/** The result of one side for one resource and policy. `none`: the policy does not apply to it. */
export interface Answer {
  readonly statuses: readonly Status[];
  /** First lines of the messages of refusals, without the field, and of errors. */
  readonly messages: readonly string[];
}
/** policy -> resource -> answer; absent: `none` */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, Answer>>;

export function keyOf(object: JsonObject): string {
  const namespace = isObject(object.metadata) ? object.metadata.namespace : undefined;
  return `${String(object.apiVersion)} ${String(object.kind)} ${String(namespace ?? '')} ${nameOf(object)}`;
}

function asResource(object: JsonObject): Resource {
  const namespace = isObject(object.metadata) ? object.metadata.namespace : undefined;
  const { namespace: _shop, ...bare } = resource({
    uid: keyOf(object),
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    name: nameOf(object),
    object,
  });
  return { ...bare, ...(typeof namespace === 'string' && { namespace }) };
}

/** Our engine, once for each policy: its coverage then names the policy of an error. */
export async function ourAnswers(candidates: readonly Candidate[], objects: readonly JsonObject[]): Promise<Answers> {
  const resources = objects.map(asResource);
  const answers = new Map<string, ReadonlyMap<string, Answer>>();
  for (const { name, policy, binding, params } of candidates) {
    const text = [policy, ...(binding ? [binding] : []), ...params].map((object) => stringifyJson(object)).join('\n---\n');
    const file = policyFile('cel', text, `policies/${name}.yaml`);
    const run = await judgeByPolicies(celEngine, { tool: undefined, policies: [file], resources, options: { pack: false } });
    const own = new Map<string, Answer>();
    for (const entry of run.coverage) {
      if (entry.target.kind !== 'resource' || entry.status === 'not-applicable') continue;
      const uid = entry.target.resource;
      const found = run.findings.filter(({ subject }) => subject.kind === 'resource' && subject.resource === uid);
      const statuses = found.map(({ title }) => statusOf(title));
      const error = entry.status === 'failed' ? entry.error.message : undefined;
      if (error !== undefined) statuses.push('error');
      own.set(uid, {
        statuses: statuses.length === 0 ? ['pass'] : [...new Set(statuses)],
        messages: [...found.map(({ title }) => title), ...(error === undefined ? [] : [error])],
      });
    }
    answers.set(name, own);
  }
  return answers;
}

/** Findings of unknown severity are distinguished from refusals by their titles: see findings.ts of the engine. */
function statusOf(title: string): Status {
  if (title.startsWith('cannot determine whether ')) return 'unknown';
  return /could not be evaluated, which its failurePolicy ignores: /.test(title) ? 'error' : 'fail';
}

const timeoutMs = 600_000;

/** `kyverno apply` without a cluster, once for all. It reports nothing where a policy is not about a resource. */
export async function kyvernoAnswers(
  tool: Tool,
  candidates: readonly Candidate[],
  objects: readonly JsonObject[],
): Promise<Answers> {
  const folder = emptyFolder();
  const write = (file: string, object: JsonObject) => nodePorts.files.write(`${folder}/${file}`, stringifyJson(object));
  for (const { name, policy, binding } of candidates) {
    await write(`policies/${name}.yaml`, policy);
    if (binding) await write(`policies/${name}-binding.yaml`, binding);
  }
  for (const [index, object] of objects.entries()) await write(`resources/${String(index).padStart(5, '0')}.yaml`, object);
  const params = candidates.flatMap((candidate) => candidate.params);
  for (const [index, object] of params.entries()) await write(`params/${index}.yaml`, object);
  const labels = objects
    .filter(({ kind }) => kind === 'Namespace')
    .map((object) => ({ name: nameOf(object), labels: labelsOf(object) }));
  await write('values.yaml', {
    apiVersion: 'cli.kyverno.io/v1alpha1',
    kind: 'Values',
    metadata: { name: 'values' },
    namespaceSelector: labels,
  });
  const args = ['apply', 'policies', '-r', 'resources', '-f', 'values.yaml', '-p', '--output-format', 'json', '--remove-color'];
  const result = await nodePorts.processes.run({
    executable: tool.path,
    args: [...args, '--continue-on-error=false', ...(params.length > 0 ? ['--parameter-resource', 'params'] : [])],
    cwd: folder,
    env: { HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' },
    timeoutMs,
    maxOutputBytes: 512 * 1024 * 1024,
    signal: new AbortController().signal,
    onStderrLine: () => {},
  });
  if (result.end !== 'exited' || !result.stdout.includes('{"kind":"ClusterReport"'))
    throw new Error(`kyverno gave no report (${result.end} ${result.exitCode}): ${(result.stdout + result.stderr).slice(-2000)}`);
  const answers = new Map<string, Map<string, Answer>>();
  for (const entry of readResults(result)) {
    const { apiVersion, kind, namespace = '', name = '' } = entry.resources[0];
    if (entry.result === 'skip') continue;
    const own = answers.get(entry.policy) ?? new Map<string, Answer>();
    answers.set(entry.policy, own);
    const status: Status = entry.result === 'warn' ? 'fail' : entry.result;
    const text = splitMessage(entry.message ?? '').text.split('\n')[0] ?? '';
    own.set(`${apiVersion} ${kind} ${namespace} ${name}`, { statuses: [status], messages: status === 'pass' ? [] : [text] });
  }
  return answers;
}

/** As the API server has them: a namespace is labelled with its name. */
function labelsOf(object: JsonObject): JsonObject {
  const own = isObject(object.metadata) && isObject(object.metadata.labels) ? object.metadata.labels : {};
  return { ...own, 'kubernetes.io/metadata.name': nameOf(object) };
}
