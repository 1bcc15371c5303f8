import { describe, expect, it } from 'vitest';
import { rawInputs, readActionInputs } from '../../src/inputs/action-inputs.ts';
import { parseScale } from '../../src/inputs/shard.ts';
import { toGateError } from '../../src/model/gate-error.ts';

const env = { GITHUB_WORKSPACE: '/work/repo', RUNNER_TEMP: '/work/temp', GITHUB_STEP_SUMMARY: '/work/summary' };

function read(inputs: Readonly<Record<string, string>>) {
  return readActionInputs((name) => inputs[name] ?? '', env);
}

function refusal(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (thrown) {
    const error = toGateError(thrown);
    return `${error.code}: ${error.message}`;
  }
}

describe('a shard', () => {
  it.each([
    ['2/8', { index: 2, count: 8 }],
    [' 1/1 ', { index: 1, count: 1 }],
    ['256/256', { index: 256, count: 256 }],
  ])('%s is one', (shard, expected) => {
    expect(parseScale({ kind: 'shard', shard, report: '/r' })).toEqual({ kind: 'shard', shard: expected, report: '/r' });
  });

  it.each([
    ['9/8', 'asks for part 9 of 8'],
    ['0/4', 'does not name a part'],
    ['2', 'does not name a part'],
    ['2/0', 'does not name a part'],
    ['1/257', 'divides into more than 256'],
    ['a/b', 'does not name a part'],
    ['-1/4', 'does not name a part'],
    ['01/4', 'does not name a part'],
    ['1/4/4', 'does not name a part'],
    ['', 'does not name a part'],
  ])('%s is refused', (shard, why) => {
    const said = refusal(() => parseScale({ kind: 'shard', shard, report: '/r' }));
    expect(said).toContain(`INPUT_INVALID: shard: \`${shard}\` ${why}; expected I/N such as 2/8`);
  });

  it('of the action reports to nobody: a report for the merge, and files', () => {
    const inputs = read({ shard: '2/8' });
    expect(inputs.scale).toEqual({ kind: 'shard', shard: '2/8', report: '/work/temp/k8s-gate/shard-2-of-8.json' });
    expect(rawInputs(inputs, 2).outputs.map(({ id }) => id)).toEqual(['terminal', 'json', 'sarif']);
    expect(read({ shard: '2/8', 'shard-report': 'out/2.json' }).scale).toMatchObject({ report: '/work/repo/out/2.json' });
  });

  it('can’t take a file out of the runner’s folder by its name', () => {
    expect(read({ shard: '../../2/8' }).scale).toMatchObject({
      report: expect.stringMatching(/^\/work\/temp\/k8s-gate\/shard-[\w-]+\.json$/),
    });
  });
});

describe('a merge', () => {
  it('takes files and folders, relative to the job’s workspace', () => {
    expect(read({ mode: 'merge', shards: 'reports\n/tmp/one.json\n' }).scale).toEqual({
      kind: 'merge',
      from: ['/work/repo/reports', '/tmp/one.json'],
    });
  });

  it('of nothing is refused', () => {
    expect(refusal(() => parseScale(rawInputs(read({ mode: 'merge' }), 2).scale))).toContain(
      'INPUT_INVALID: there is nothing to merge',
    );
  });
});

it.each([
  [{ shard: '1/2', mode: 'publish' }, 'shard: can’t be combined with mode publish'],
  [{ shard: '1/2', mode: 'collect' }, 'shard: can’t be combined with mode collect'],
  [{ shard: '1/2', mode: 'merge', shards: 'x' }, 'shard: can’t be combined with mode merge'],
  [{ shards: 'x' }, 'shards: is for `mode: merge`'],
  [{ 'shard-report': 'x' }, 'shard-report: is for a run with `shard`'],
])('%o is refused', (inputs, why) => {
  expect(refusal(() => read(inputs))).toContain(`INPUT_INVALID: ${why}`);
});
