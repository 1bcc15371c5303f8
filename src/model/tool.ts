/** An engine's or renderer's executable: absolute path, verified against tools.lock.json. */
export interface Tool {
  readonly id: string;
  readonly path: string;
  readonly version: string;
  /** SHA-256 of the executable, hex. Absent: not known, and no result of it is used in another run. */
  readonly sha256?: string;
  /**
   * To be awaited before it is run: hashes its files, once, and rejects with TOOL_UNTRUSTED where they are not what was installed. Absent: that was
   * done when it was handed out. A run that needs none of its answers saves reading hundreds of megabytes.
   */
  readonly verified?: () => Promise<void>;
}

/** Answers with a verified tool, installing it first where that is allowed. Throws GateError TOOL_UNAVAILABLE or TOOL_UNTRUSTED. */
export type ToolProvider = (id: string) => Promise<Tool>;
