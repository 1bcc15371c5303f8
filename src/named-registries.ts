import path from 'node:path';
import type { Base } from './base/base.ts';
import { type ExamineContext, renderAll } from './examine.ts';
import type { Inputs } from './inputs/inputs.ts';
import { toGateError } from './model/gate-error.ts';
import { parseImageName } from './model/image-name.ts';
import type { NamedHosts } from './ports/ports.ts';

/**
 * Registries that may be in the runner's own network, because they do not come from the change: those in the trusted configuration and of
 * images of the base commit. The base is only rendered for this once a change uses such a host that is not in the configuration.
 */
export function namedRegistries(
  base: Base | undefined,
  { config }: Inputs,
  context: Omit<ExamineContext, 'namedRegistries'>,
): NamedHosts {
  let known: Promise<readonly string[]> | undefined;
  const ofBase = async (): Promise<readonly string[]> => {
    if (base === undefined) return [];
    const { ports } = context;
    try {
      const there = { ...config, workspace: base.workspace, trusted: base.workspace };
      const { images } = await renderAll(there, context, path.join(context.tempDir, 'named'));
      return [...new Set(images.flatMap(({ reference }) => parseImageName(reference)?.repository.split('/', 1) ?? []))];
    } catch (thrown) {
      ports.log.warn(`cannot determine the registries of the base commit: ${toGateError(thrown).message}`);
      return [];
    }
  };
  return async () => {
    known ??= ofBase();
    return [...config.images.privateRegistries, ...(await known)];
  };
}
