import path from 'node:path';
import { createSemaphore } from '../model/concurrency.ts';
import type { FieldPath } from '../model/field-path.ts';
import { type JsonObject, stringifyJson } from '../model/json.ts';
import { isNode, type KustomizeNode } from '../render/kustomize-tree.ts';
import { type Identity, readItems } from '../render/objects.ts';
import type { Arrived, Build } from '../render/provenance.ts';
import { runToolOnce } from '../render/run-tool.ts';
import { withoutHash } from '../render/stable-values.ts';
import { passagesOf, type YamlPassage } from '../yaml/yaml.ts';

/** A field of a resource that was built. */
export interface KustomizeField {
  readonly arrived: Arrived;
  readonly field: FieldPath;
}

/** For all builds of one kustomization: what is not proven by then is at the nearest part that is certain. */
const maxMs = 10_000;

/** What a build makes, by `keyOf`. */
export type Built = ReadonlyMap<string, JsonObject>;

/** Undefined if there is no time left; empty if it does not build. */
export type BuildAgain = (files: ReadonlyMap<string, string>, clean: (text: string) => string) => Promise<Built | undefined>;

/** Builds copies of a kustomization in which some files are different. The repository is only read. */
export function createBuilds({ folder, config, context }: Build, root: KustomizeNode): BuildAgain {
  // Kept in a variable: Node 20 forgets a timeout that only AbortSignal.any knows of. https://github.com/nodejs/node/issues/57736
  const timeout = AbortSignal.timeout(maxMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const queue = createSemaphore(2);
  let count = 0;
  // Most documents are the same in each build.
  const known = new Map<string, readonly Identity[]>();
  const identitiesOf = (passage: YamlPassage): readonly Identity[] => {
    const before = known.get(passage.text);
    if (before !== undefined) return before;
    const read = passage.read().flatMap((document) => readItems(document).items.map(({ identity }) => identity));
    known.set(passage.text, read);
    return read;
  };
  return (files, clean) =>
    queue(async () => {
      if (timeout.aborted || signal.aborted) return undefined;
      const copy = path.join(folder, `copy-${count++}`);
      for (const [file, text] of new Map([...textsOf(root), ...files]))
        await context.ports.files.write(path.join(copy, file), text);
      try {
        const args = ['build', path.join(copy, root.folder), '--load-restrictor', 'LoadRestrictionsRootOnly'];
        const result = await runToolOnce('kustomize', args, { reads: [copy] }, copy, { ...context, signal }, config.sandbox);
        if (result.exitCode !== 0) return new Map();
        const passages = passagesOf({ file: root.file, text: result.stdout, limit: 'document' });
        return byKey(passages.flatMap(identitiesOf), clean);
      } catch {
        return new Map();
      }
    });
}

/** All files that the kustomization is built from. */
function textsOf(root: KustomizeNode): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const seen = new Set<KustomizeNode>();
  const visit = (node: KustomizeNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const { file, text } of [node, ...node.files.values()]) texts.set(file, text);
    for (const part of [...node.parts, ...node.components])
      if (isNode(part)) visit(part);
      else texts.set(part.file, part.text);
  };
  visit(root);
  return texts;
}

/** A key that a resource has in both builds: without the hash of its content. */
export function keysOf(identities: readonly Identity[], clean: (text: string) => string): readonly string[] {
  const seen = new Map<string, number>();
  return identities.map(({ kind, apiVersion, namespace, name }) => {
    const isGenerated = kind === 'ConfigMap' || kind === 'Secret';
    const own = isGenerated ? (withoutHash(name) ?? name) : name;
    const key = clean(stringifyJson([apiVersion, kind, namespace ?? '', own]));
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return `${key} ${number}`;
  });
}

function byKey(identities: readonly Identity[], clean: (text: string) => string): Built {
  const keys = keysOf(identities, clean);
  return new Map(identities.map(({ object }, index) => [keys[index] ?? '', object]));
}
