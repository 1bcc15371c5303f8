import type { EngineEntry } from './engine.ts';

/** Every engine: a folder beside this file and a line here (`defineEngine(xEngine)`); test/architecture.test.ts checks that both agree. */
export const engines: readonly EngineEntry[] = [];
