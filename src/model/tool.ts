/** An engine's or renderer's executable: absolute path, verified against tools.lock.json. */
export interface Tool {
  readonly id: string;
  readonly path: string;
  readonly version: string;
  /** SHA-256 of the executable, hex. If absent, it is unknown, and results of the tool are not reused in other runs. */
  readonly sha256?: string;
  /**
   * Await before running the tool: hashes its files once, and rejects with TOOL_UNTRUSTED if they differ from the installed ones. Absent if
   * already verified. Lazy, because a run with only cached results does not have to read hundreds of megabytes.
   */
  readonly verified?: () => Promise<void>;
}

/** Returns a verified tool, installing it first if allowed. Throws GateError TOOL_UNAVAILABLE or TOOL_UNTRUSTED. */
export type ToolProvider = (id: string) => Promise<Tool>;
