import path from 'node:path';
import { normalizeRepository } from '../gitops/here.ts';
import { isSourceFile } from '../gitops/unused-source-files.ts';
import { workspaceOf } from '../gitops/workspace.ts';
import type { GateConfig } from '../model/config.ts';
import type { SourceSet } from '../model/source-set.ts';
import type { Files } from '../ports/ports.ts';
import type { RenderContext } from './context.ts';
import { createDestinationMatcher } from './destinations.ts';
import { createEnvironmentMatcher } from './environments.ts';
import { createGoTemplates } from './go-template.ts';
import type { UnitResult } from './plain.ts';
import type { PointerContext } from './pointers.ts';
import { createPostRender } from './post-render.ts';

/** What pointers are read with: the files of the repository, and which repository it is. `used` gets the source files of Argo CD that apply. */
export async function pointerContext(
  { files: found, links }: Pick<SourceSet, 'files' | 'links'>,
  config: GateConfig,
  context: RenderContext,
  used: Set<string>,
): Promise<Omit<PointerContext<UnitResult>, 'renderChart' | 'build' | 'isUnrestricted' | 'readAsIs'>> {
  const { files } = context.ports;
  const { here = { repositories: [], revisions: [] } } = context;
  const sourceFiles = await readSourceFiles(found, config.workspace, files);
  return {
    workspace: config.workspace,
    files,
    here: {
      repositories: [...here.repositories, ...config.gitops.repositories].map(normalizeRepository),
      revisions: [...here.revisions, ...config.gitops.revisions],
      workspace: workspaceOf(found, links),
      sourceFiles: {
        get: (file) => {
          const text = sourceFiles.get(file);
          if (text !== undefined) used.add(file);
          return text;
        },
      },
    },
    ...(context.sources !== undefined && { sources: context.sources }),
    clusters: config.gitops.clusters,
    readText: (file) => files.readText(path.join(config.workspace, file)),
    goTemplate: createGoTemplates(config.sandbox, context),
    postRender: createPostRender(config, context),
    environmentsOf: createEnvironmentMatcher(config.environments),
    environmentsAt: createDestinationMatcher(config.environments, config.gitops.clusters),
  };
}

async function readSourceFiles(found: readonly string[], workspace: string, files: Files): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const file of found.filter(isSourceFile)) {
    const absolute = path.join(workspace, file);
    if ((await files.stat(absolute))?.kind === 'file') texts.set(file, await files.readText(absolute));
  }
  return texts;
}
