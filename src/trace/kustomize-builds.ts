import path from 'node:path';
import { createSemaphore } from '../model/concurrency.ts';
import type { FieldPath } from '../model/field-path.ts';
import { type JsonObject, stringifyJson } from '../model/json.ts';
import { once } from '../model/once.ts';
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

/** Undefined if nothing more can be shown: no time is left, or a copy does not build even as it is. Empty if this one does not build. */
export type BuildAgain = (files: ReadonlyMap<string, string>, clean: (text: string) => string) => Promise<Built | undefined>;

/**
 * Builds copies of a kustomization in which some files are different. The repository is only read.
 * @param name A folder of its own below the build's.
 * @param texts Of the files that the copies have instead of the repository's.
 */
export function createBuilds(
  { folder, config, context }: Build,
  root: KustomizeNode,
  name: string,
  texts: ReadonlyMap<string, string> = new Map(),
) {
  const { files } = context.ports;
  // Kept in a variable: Node 20 forgets a timeout that only AbortSignal.any knows of. https://github.com/nodejs/node/issues/57736
  const timeout = AbortSignal.timeout(maxMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const queue = createSemaphore(atOnce);
  const all = new Map([...textsOf(root), ...texts]);
  // Each is written once, and used by one build at a time.
  const copies = Array.from({ length: atOnce }, (_one, index) => once(() => writeCopy(path.join(folder, `${name}-${index}`))));
  // Most documents are the same in each build.
  const known = new Map<string, readonly Identity[]>();
  const identitiesOf = (passage: YamlPassage): readonly Identity[] => {
    const before = known.get(passage.text);
    if (before !== undefined) return before;
    const read = passage.read().flatMap((document) => readItems(document).items.map(({ identity }) => identity));
    known.set(passage.text, read);
    return read;
  };

  async function writeCopy(target: string): Promise<string> {
    for (const [file, text] of all) await files.write(path.join(target, file), text);
    for (const file of binariesOf(root))
      await files.write(path.join(target, file), await files.readBytes(path.join(config.workspace, file)));
    return target;
  }

  async function buildCopy(copy: string, changed: ReadonlyMap<string, string>) {
    const args = ['build', path.join(copy, root.folder), '--load-restrictor', 'LoadRestrictionsRootOnly'];
    try {
      for (const [file, text] of changed) await files.write(path.join(copy, file), text);
      return await runToolOnce('kustomize', args, { reads: [copy] }, copy, { ...context, signal }, config.sandbox);
    } finally {
      // Also where kustomize did not end: the next build uses the same copy.
      for (const file of changed.keys()) await files.write(path.join(copy, file), all.get(file) ?? '');
    }
  }

  const build: BuildAgain = (changed, clean) =>
    queue(async () => {
      const free = copies.pop();
      if (free === undefined || timeout.aborted || signal.aborted) return undefined;
      try {
        const copy = await free();
        const result = await buildCopy(copy, changed);
        if (result.exitCode !== 0) return new Map();
        const passages = passagesOf({ file: root.file, text: result.stdout, limit: 'document' });
        return byKey(passages.flatMap(identitiesOf), clean);
      } catch {
        return new Map();
      } finally {
        copies.push(free);
      }
    });

  /** Whether a copy without changes builds: otherwise a build that fails shows nothing about what was changed. */
  const isSound = once(async () => ((await build(new Map(), String))?.size ?? 0) > 0);
  const again: BuildAgain = async (changed, clean) => {
    const built = await build(changed, clean);
    return built?.size === 0 && !(await isSound()) ? undefined : built;
  };
  return { again, isSound };
}

const atOnce = 2;

/** All files that the kustomization is built from. */
function textsOf(root: KustomizeNode): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const node of nodesOf(root)) {
    for (const { file, text } of [node, ...node.files.values()]) texts.set(file, text);
    for (const part of node.parts) if (!isNode(part)) texts.set(part.file, part.text);
  }
  return texts;
}

function binariesOf(root: KustomizeNode): readonly string[] {
  return [...nodesOf(root)].flatMap(({ binaries }) => binaries);
}

function nodesOf(root: KustomizeNode): ReadonlySet<KustomizeNode> {
  const seen = new Set([root]);
  for (const { parts, components } of seen) for (const part of [...parts, ...components]) if (isNode(part)) seen.add(part);
  return seen;
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
