import type { ToolProvider } from '../model/tool.ts';
import type { Ports } from '../ports/ports.ts';

export interface RenderContext {
  readonly ports: Ports;
  readonly tools: ToolProvider;
  /** A folder of this stage's own, outside the workspace. */
  readonly tempDir: string;
  readonly signal: AbortSignal;
}
