import type { Tool } from '../../model/tool.ts';
import type { Ports } from '../../ports/ports.ts';

/** A file of tests, as found: relative to `root`, which is absolute. */
export interface TestFile {
  readonly root: string;
  readonly path: string;
  readonly text: string;
}

export interface CaseResult {
  /** Its name in the file, with the test that it is part of. */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed, as the engine reports it. */
  readonly detail?: string;
}

export interface TestContext {
  readonly ports: Pick<Ports, 'processes'>;
  readonly signal: AbortSignal;
}

/** Runs one kind of policy tests with the engine that their policies are for: a file here and a line in registry.ts. */
export interface PolicyTestRunner {
  /** For the summary: `Gatekeeper suites`. */
  readonly title: string;
  /** Entry of tools.lock.json. */
  readonly tool: string;
  isTest(file: TestFile): boolean;
  /** The result of every case of the file, and at least one. Throws GateError if the engine does not finish. */
  run(file: TestFile, tool: Tool, context: TestContext): Promise<readonly CaseResult[]>;
}
