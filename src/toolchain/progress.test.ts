import { expect, it } from 'vitest';
import { withProgress } from './progress.ts';

it('the log reports a long download every ten seconds, and a quick one not at all', () => {
  let nowMs = 1_000;
  const said: string[] = [];
  const quiet = (): void => {};
  const log = { debug: quiet, warn: quiet, error: quiet, info: (text: string) => void said.push(text) };
  const told = withProgress('trivy 0.74.0', { clock: { now: () => new Date(), monotonicMs: () => nowMs }, log });
  for (let second = 0; second < 25; second++) {
    told(second * 1_000_000, second < 15 ? 61_400_000 : undefined);
    nowMs += 1_000;
  }
  expect(said).toEqual(['downloading trivy 0.74.0: 10 of 61 MB', 'downloading trivy 0.74.0: 20 MB']);
});
