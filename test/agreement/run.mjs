// `npm run agreement -- <seed> [resources]`: the comparison of agreement.live.test.ts with other cases; its table goes to the terminal.
// `npm run agreement -- suites <folder>`: the published suites of policies, cloned below the folder as owner__name, compared with the API server's own
// code; writes the table of docs/agreement.md.
import path from 'node:path';
import { startVitest } from 'vitest/node';

const [seed = '1', resources = '60'] = process.argv.slice(2);
const isSuites = seed === 'suites';
if (isSuites) {
  process.env.AGREEMENT_SUITES = path.resolve(resources);
  process.env.AGREEMENT_WRITE = 'docs/agreement.md';
} else {
  process.env.AGREEMENT_SEED = seed;
  process.env.AGREEMENT_RESOURCES = resources;
}
const file = isSuites ? 'test/agreement/cluster/suites.live.test.ts' : 'test/agreement/agreement.live.test.ts';
const vitest = await startVitest('test', [file], { watch: false, testTimeout: 3_600_000 });
await vitest.close();
