import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { type FieldPath, formatPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { same, translate } from './kustomize-match.ts';
import { documentsOf, isNode, type KustomizeNode } from './kustomize-tree.ts';
import { type Identity, readItems } from './objects.ts';
import { runToolOnce } from './run-tool.ts';

/** Builds of one kustomization to find causes; past it, fields stay at the nearest part that is certain. */
const maxBuilds = 8;

export interface Question {
  readonly resource: Identity;
  readonly nodes: readonly KustomizeNode[];
  readonly fields: readonly FieldPath[];
}

export type Answers = ReadonlyMap<Identity, Map<string, SourceLocation>>;

/**
 * Finds what set the fields that nothing read explains (a transformer's configuration, say): builds a copy without one entry at a time,
 * the last first, and the entry without which a field differs is its cause. The copy is the gate's own; the repository is only read.
 */
export async function probe(
  questions: readonly Question[],
  root: KustomizeNode,
  folder: string,
  config: GateConfig,
  context: RenderContext,
): Promise<Answers> {
  const answers = new Map(questions.map(({ resource }) => [resource, new Map<string, SourceLocation>()]));
  if (questions.length === 0) return answers;
  const copy = path.join(folder, 'copy');
  await writeTree(root, copy, context);
  const nodes = [...new Set(questions.flatMap((question) => question.nodes.toReversed()))];
  let left = maxBuilds;
  for (const node of nodes) {
    for (const entry of entriesOf(node)) {
      const open = questions.filter(({ resource, fields, nodes: own }) => {
        return own.includes(node) && fields.some((field) => answers.get(resource)?.has(formatPath(field)) === false);
      });
      if (open.length === 0) break;
      if (left === 0 || context.signal.aborted) return answers;
      left -= 1;
      const without = await build(node, entry, root, copy, config, context);
      for (const { resource, fields } of open) {
        const other = without?.get(idOf(resource));
        if (other === undefined) continue;
        for (const field of fields) {
          const now = valueAt(resource.object, field);
          const known = answers.get(resource);
          if (known?.has(formatPath(field)) === false && !same(counterpart(resource.object, other, field), now))
            known.set(formatPath(field), placeOf(node, entry, now));
        }
      }
    }
  }
  return answers;
}

/** Without an entry, list items may stand elsewhere. */
function counterpart(object: JsonObject, other: JsonObject, field: FieldPath): JsonValue | undefined {
  const there = translate(object, other, field);
  return there === undefined ? undefined : valueAt(other, there);
}

const idOf = ({ kind, namespace, name }: Identity): string => stringifyJson([kind, namespace ?? '', name]);

/** Entries that may set any field, those that kustomize applies last first. */
const lists = [
  'vars',
  'transformers',
  'configurations',
  'replacements',
  'images',
  'replicas',
  'patchesJson6902',
  'labels',
] as const;
const inner = ['patches', 'patchesStrategicMerge', 'crds'] as const;
const singles = ['commonAnnotations', 'commonLabels', 'nameSuffix', 'namePrefix', 'namespace', 'openapi'] as const;

function entriesOf({ document }: KustomizeNode): readonly FieldPath[] {
  const items = (key: string): readonly FieldPath[] => {
    const list = valueAt(document.value, [key]);
    return isArray(list) ? list.map((_item, index) => [key, index]).toReversed() : [];
  };
  const present = singles.filter((key) => valueAt(document.value, [key]) !== undefined).map((key): FieldPath => [key]);
  return [...lists.flatMap(items), ...present, ...inner.flatMap(items)];
}

async function build(
  node: KustomizeNode,
  [key, index]: FieldPath,
  root: KustomizeNode,
  copy: string,
  config: GateConfig,
  context: RenderContext,
): Promise<ReadonlyMap<string, JsonObject> | undefined> {
  if (!isObject(node.document.value) || typeof key !== 'string') return undefined;
  const { [key]: list, ...rest } = node.document.value;
  const kept = isArray(list) ? { ...rest, [key]: list.filter((_item, at) => at !== index) } : rest;
  const file = path.join(copy, node.file);
  await context.ports.files.write(file, stringifyJson(kept));
  try {
    const args = ['build', path.join(copy, root.folder), '--load-restrictor', 'LoadRestrictionsRootOnly'];
    const result = await runToolOnce('kustomize', args, { reads: [copy] }, copy, context, config.sandbox);
    if (result.exitCode !== 0) return undefined;
    const items = parseYaml({ file: node.file, text: result.stdout, limit: 'document' }).flatMap(
      (document) => readItems(document).items,
    );
    return new Map(items.map(({ identity }) => [idOf(identity), identity.object]));
  } catch {
    // What can't be built without an entry, or not in time, tells nothing of it.
    return undefined;
  } finally {
    await context.ports.files.write(file, node.text);
  }
}

async function writeTree(root: KustomizeNode, copy: string, context: RenderContext): Promise<void> {
  const written = new Set<string>();
  async function write(node: KustomizeNode): Promise<void> {
    if (written.has(node.file)) return;
    for (const { file, text } of [node, ...node.parts, ...node.files.values()]) {
      if (!written.has(file)) await context.ports.files.write(path.join(copy, file), text);
      if (file === node.file) written.add(file);
    }
    for (const part of [...node.parts, ...node.components]) if (isNode(part)) await write(part);
  }
  await write(root);
}

/** The entry; inside the file that it names, the one line that holds the value. */
function placeOf(node: KustomizeNode, entry: FieldPath, now: JsonValue | undefined): SourceLocation {
  const written = valueAt(node.document.value, entry);
  const named = isObject(written) ? written.path : written;
  const file = typeof named === 'string' ? node.files.get(named) : undefined;
  const places = (file === undefined ? [] : documentsOf(file)).flatMap((document) =>
    fieldsWith(document.value, now, []).map((field) => document.locate(field)),
  );
  const [only] = places;
  if (only !== undefined && places.length === 1) return only;
  return { ...node.document.locate(entry), precision: entry.length === 1 ? 'field' : 'parent' };
}

function fieldsWith(value: JsonValue, wanted: JsonValue | undefined, at: FieldPath): readonly FieldPath[] {
  if (isArray(value)) return value.flatMap((item, index) => fieldsWith(item, wanted, [...at, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => fieldsWith(item, wanted, [...at, key]));
  return same(value, wanted) ? [at] : [];
}
