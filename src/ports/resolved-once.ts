import type { LookUp, Registries, TagName } from './ports.ts';

/**
 * Registries whose tags do not move during a run: each is looked up once, so that every engine, the base and the change are about the same
 * image. A failure is not kept: the next attempt may succeed.
 */
export function resolvedOnce(registries: Registries): Registries {
  const known = new Map<string, Promise<string | undefined>>();
  const keyOf = ({ registry, repository, tag }: TagName): string => `${registry}/${repository}:${tag}`;
  return {
    ...registries,
    async digest(tag, options: LookUp) {
      const key = keyOf(tag);
      const earlier = await known.get(key);
      if (earlier !== undefined) return earlier;
      // Others may have asked while this one waited.
      const running = known.get(key) ?? registries.digest(tag, options);
      known.set(key, running);
      const found = await running.catch(() => undefined);
      if (found === undefined) known.delete(key);
      return found;
    },
    async read(item, options) {
      const tag = /^manifests\/([\w.-]+)$/.exec(item.path)?.[1];
      const document = await registries.read(item, options);
      if (tag === undefined || document.status !== 'found') return document;
      const key = keyOf({ registry: item.registry, repository: item.repository, tag });
      if (!known.has(key)) known.set(key, Promise.resolve(document.digest));
      return document;
    },
  };
}
