import type { Engine } from './engine.ts';

/** Every engine: a folder beside this file and a line here; test/architecture.test.ts checks that both agree. */
export const engines: readonly AnyEngine[] = [];

/** An engine whose options type is its own business: only bindEngine, which parses first, may run it. */
export type AnyEngine = Engine<never>;
