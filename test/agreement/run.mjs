// `npm run agreement -- <seed> [resources]`: the comparison of agreement.live.test.ts with other cases; its table goes to the terminal.
import { startVitest } from 'vitest/node';

const [seed = '1', resources = '60'] = process.argv.slice(2);
process.env.AGREEMENT_SEED = seed;
process.env.AGREEMENT_RESOURCES = resources;
const vitest = await startVitest('test', ['test/agreement/agreement.live.test.ts'], { watch: false, testTimeout: 3_600_000 });
await vitest.close();
