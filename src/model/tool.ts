/** An engine's or renderer's executable: absolute path, verified against tools.lock.json. */
export interface Tool {
  readonly id: string;
  readonly path: string;
  readonly version: string;
}

/** Answers with a verified tool, installing it first where that is allowed. Throws GateError TOOL_UNAVAILABLE or TOOL_UNTRUSTED. */
export type ToolProvider = (id: string) => Promise<Tool>;
