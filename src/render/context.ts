import type { Here } from '../gitops/here.ts';
import type { Sources } from '../model/sources.ts';
import type { ToolProvider } from '../model/tool.ts';
import type { EnginePorts } from '../ports/ports.ts';
import type { Renderings } from './known-output.ts';

export interface RenderContext {
  readonly ports: EnginePorts;
  readonly tools: ToolProvider;
  /** A folder of this stage's own, outside the workspace. */
  readonly tempDir: string;
  readonly signal: AbortSignal;
  /** Which repository and branch this is, as far as it is known. */
  readonly here?: Pick<Here, 'repositories' | 'revisions'>;
  /** Absent: nothing is fetched. */
  readonly sources?: Sources;
  /** Absent: nothing is reused. */
  readonly renderings?: Renderings;
}
