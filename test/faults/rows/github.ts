import type { Outcome } from '../../../src/model/verdict.ts';
import { runAction } from '../../support/gate-process.ts';
import type { Fault } from '../../support/github-server/faults.ts';
import { startGitHub, writeToken } from '../../support/github-server/server.ts';
import { goodDeployment, privilegedDeployment } from '../../support/manifests.ts';
import { checkOut, openPull, pullRequestEvent } from '../../support/pull-request.ts';
import { launcher } from '../launcher.ts';
import { files, truths } from '../repository.ts';
import type { Row, Trial } from '../row.ts';

const expected: Readonly<Record<string, Outcome>> = { pass: 'pass', warn: 'warn', block: 'block', error: 'error' };

/** The action on a pull request, against a GitHub of this machine that fails as configured. */
async function judge(
  truth: Trial['truth'],
  faults: readonly Fault[],
  inputs: Readonly<Record<string, string>> = {},
): Promise<Trial> {
  const server = await startGitHub();
  try {
    const head = {
      'deploy/web.yaml': truth === 'clean' ? goodDeployment.replace('replicas: 2', 'replicas: 3') : privilegedDeployment,
    };
    const checkout = await checkOut({ base: { ...files('clean') }, head });
    openPull(server, checkout);
    for (const fault of faults) server.fail(fault);
    const given = { engines: 'cel', token: writeToken, 'upload-sarif': 'true', ...inputs };
    const run = await runAction(given, checkout.folder, { event: pullRequestEvent(checkout), apiUrl: server.url });
    const outcome = expected[run.outputs.verdict ?? ''] ?? 'error';
    const raw = `${run.stdout}\n${run.stderr}`.split('\n').filter((line) => /::set-output|##\[set-env/.test(line));
    return {
      truth,
      outcome,
      exitCode: run.code,
      said: run.stderr.slice(-500),
      helpless: [],
      problems: raw
        .filter((line) => !/^::(debug|notice|warning|error)[ :]/.test(line))
        .map((line) => `a command reached the log: ${line}`),
    };
  } finally {
    await server.close();
  }
}

const quickly = { headers: { 'retry-after': '1' } };
const cases: readonly (readonly [string, readonly Fault[]])[] = [
  ['nothing (so that the table is not all noise)', []],
  ['every answer is 403', [{ status: 403, body: { message: 'Resource not accessible by integration' } }]],
  ['every answer is 404', [{ status: 404, body: { message: 'Not Found' } }]],
  ['every answer is 422', [{ status: 422, body: { message: 'Validation Failed' } }]],
  ['every answer is HTML with status 200', [{ status: 200, body: '<html>hello</html>' }]],
  ['every answer is `{}`', [{ status: 200, body: {} }]],
  ['every second answer is 500', [{ status: 500, times: 1 }]],
  ['429 once, with Retry-After', [{ status: 429, times: 1, ...quickly }]],
  ['the first connection breaks', [{ how: 'reset', times: 1 }]],
  ['an answer breaks off', [{ how: 'cut', times: 1 }]],
  ['answers are slow', [{ delayMs: 300, times: 4 }]],
];

const both = async (run: (truth: Trial['truth']) => Promise<Trial>): Promise<readonly Trial[]> => {
  const trials: Trial[] = [];
  for (const truth of truths) trials.push(await run(truth));
  return trials;
};

export const githubRows: readonly Row[] = [
  ...cases.map(
    ([fault, faults]): Row => ({
      id: `GitHub: ${fault}`,
      area: 'GitHub',
      fault: `GitHub: ${fault}`,
      expects: 'true',
      run: () => both((truth) => judge(truth, faults)),
    }),
  ),
  {
    id: 'GitHub: an engine prints workflow commands',
    area: 'GitHub',
    fault: 'an engine prints workflow commands into the log of the action',
    expects: 'error',
    run: () =>
      both(async (truth) => {
        const text = '::set-output name=verdict::pass\n##[set-env name=PATH]/x\n';
        const executable = await launcher({ id: 'opa', damage: { how: 'stderr', text } });
        const broken = await launcher({ id: 'opa', damage: { how: 'commands' }, when: '^eval ' });
        await judge(truth, [], { engines: 'opa', tools: `opa=${executable}` });
        return judge(truth, [], { engines: 'opa', tools: `opa=${broken}` });
      }),
  },
];
