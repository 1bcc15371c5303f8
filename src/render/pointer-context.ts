import { workspaceOf } from '../gitops/workspace.ts';
import type { GateConfig } from '../model/config.ts';
import type { RenderContext } from './context.ts';
import { createEnvironmentMatcher } from './environments.ts';
import { createGoTemplates } from './go-template.ts';
import type { UnitResult } from './plain.ts';
import type { PointerContext } from './pointers.ts';

/** What pointers are read with: the files of the repository, and which repository it is. */
export async function pointerContext(
  config: GateConfig,
  context: RenderContext,
): Promise<Omit<PointerContext<UnitResult>, 'renderChart' | 'build'>> {
  const { files } = context.ports;
  const walked = await files.walk(config.workspace, (folder) => /(?:^|\/)(?:\.git|node_modules)$/.test(folder));
  return {
    workspace: config.workspace,
    files,
    here: { repositories: [], revisions: [], ...context.here, workspace: workspaceOf(walked.map(({ path: file }) => file)) },
    clusters: [],
    goTemplate: createGoTemplates(config.sandbox, context),
    environmentsOf: createEnvironmentMatcher(config.environments),
  };
}
