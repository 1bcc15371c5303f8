import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GateError, toGateError } from '../../src/model/gate-error.ts';
import { type ShardReport, shardReportSchema } from '../../src/shards/report-schema.ts';
import { repository } from '../support/gate-process.ts';
import { goodDeployment } from '../support/manifests.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { type Answer, type Asked, divide, judgeShard, merge, reportOf } from './run.ts';

afterAll(removeTempFolders);

const names = ['web', 'api', 'db', 'cart', 'pay', 'mail'];
const files = Object.fromEntries(
  names.map((name) => [
    `deploy/${name}.yaml`,
    goodDeployment.replace('name: web\n', `name: ${name}\n`).replace(':2.4.1', ':latest'),
  ]),
);
const count = 3;
let asked: Asked;
let whole: string;

beforeAll(async () => {
  asked = { workspace: await repository(files), engines: 'cel' };
  whole = (await divide(asked, count)).folder;
}, 60_000);

/** The shards' reports, in a folder that a test may change. */
function copy(): string {
  const folder = emptyFolder();
  mkdirSync(folder, { recursive: true });
  for (let index = 1; index <= count; index++) copyFileSync(reportOf(whole, index), reportOf(folder, index));
  return folder;
}

function read(file: string): ShardReport {
  return shardReportSchema().parse(JSON.parse(readFileSync(file, 'utf8')));
}

function edit(file: string, change: (report: ShardReport) => ShardReport): void {
  writeFileSync(file, JSON.stringify(z.encode(shardReportSchema(), change(read(file)))));
}

const errorsOf = ({ verdict }: Answer): readonly string[] => verdict.errors.map(({ code, message }) => `${code}: ${message}`);

it('all shards make a verdict', async () => {
  expect((await merge(asked, copy())).verdict.outcome).toMatch(/^(pass|warn)$/);
});

describe('the verdict is an error, and the reason is reported,', () => {
  const faults: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
    ['where a shard is missing', (folder) => rmSync(reportOf(folder, 2)), /^SHARD_INVALID: shard 2\/3 is missing/],
    [
      'where a report is cut off',
      (folder) => writeFileSync(reportOf(folder, 2), readFileSync(reportOf(folder, 2), 'utf8').slice(0, -10)),
      /^SHARD_INVALID: .*shard-2\.json is not a report of a shard: it is not valid JSON/,
    ],
    ['where a report is empty', (folder) => writeFileSync(reportOf(folder, 2), ''), /shard-2\.json .* it is empty/],
    [
      'if there is another file next to them',
      (folder) => writeFileSync(path.join(folder, 'other.json'), '{"version":1}'),
      /other\.json is not a report of a shard: `kind` must be `k8s-gate\/shard`/,
    ],
    [
      'where a report is a link',
      (folder) => {
        rmSync(reportOf(folder, 1));
        symlinkSync(reportOf(whole, 1), reportOf(folder, 1));
      },
      /shard-1\.json is not a report of a shard: it is a symlink/,
    ],
    [
      'where a shard is there twice',
      (folder) => copyFileSync(reportOf(folder, 2), path.join(folder, 'again.json')),
      /shard 2\/3 has more than one report: .*again\.json and .*shard-2\.json/,
    ],
    [
      'where a shard judged another commit',
      (folder) => edit(reportOf(folder, 3), (report) => ({ ...report, head: 'a'.repeat(40) })),
      /shard 3\/3 .*belongs to another run: its commit is a{40}/,
    ],
    [
      'where a shard had another base',
      (folder) => edit(reportOf(folder, 3), (report) => ({ ...report, base: 'b'.repeat(40) })),
      /shard 3\/3 .*belongs to another run: its base is b{40}, this one is none/,
    ],
    [
      'where a shard is of another version of the gate',
      (folder) => edit(reportOf(folder, 1), (report) => ({ ...report, gate: '0.9.0' })),
      /shard 1\/3 .*its gate version is 0\.9\.0, this one is 1\.0\.0/,
    ],
    [
      'where a shard evaluated other files',
      (folder) =>
        edit(reportOf(folder, 1), ({ examined, ...report }) => ({
          ...report,
          examined: { ...examined, head: { ...examined.head, set: 'c'.repeat(64) } },
        })),
      /shard 1\/3 evaluated other files/,
    ],
    [
      'where an answer got lost on the way',
      (folder) =>
        edit(reportOf(folder, 2), (report) =>
          withRuns(report, ({ coverage, ...run }) => ({ ...run, coverage: coverage.slice(1) })),
        ),
      /^ENGINE_COVERAGE: cel reported no result for resource:/,
    ],
    [
      'where a shard has no answer of an engine',
      (folder) =>
        edit(reportOf(folder, 2), ({ examined, ...report }) => ({
          ...report,
          examined: { head: { ...examined.head, runs: [] } },
        })),
      /shard 2\/3 has no run of cel/,
    ],
    [
      'if one shard has results for the part of another',
      (folder) => {
        const stolen = read(reportOf(folder, 1)).examined;
        edit(reportOf(folder, 2), (report) => ({ ...report, examined: stolen }));
      },
      /^ENGINE_COVERAGE: cel reported no result for resource:/,
    ],
    [
      'where shards had an engine in different versions',
      (folder) => edit(reportOf(folder, 2), (report) => withRuns(report, (run) => ({ ...run, version: '9' }))),
      /cel is .* in shard 1\/3, and 9 in shard 2\/3/,
    ],
  ];
  it.each(faults)('%s', async (_name, damage, expected) => {
    const folder = copy();
    damage(folder);
    const merged = await merge(asked, folder);
    expect(merged.verdict.outcome).toBe('error');
    expect(errorsOf(merged).join('\n')).toMatch(new RegExp(expected.source, 'm'));
  });

  it('where configuration in force differs', async () => {
    const merged = await merge({ ...asked, raw: { severity: 'medium=warn' } }, copy());
    const said = errorsOf(merged).filter((text) => text.includes('options or waivers differ from those of the merge'));
    expect(said).toHaveLength(count);
    expect(merged.verdict.outcome).toBe('error');
  });
});

describe('there is no verdict', () => {
  const refusal = (...from: readonly string[]): Promise<string> =>
    merge(asked, ...from).then(
      () => 'a verdict',
      (thrown: unknown) => toGateError(thrown).code + toGateError(thrown).message,
    );

  it('where no report can be read', async () => {
    const folder = copy();
    for (let index = 1; index <= count; index++) writeFileSync(reportOf(folder, index), '[]');
    expect(await refusal(folder)).toMatch(/^SHARD_INVALID.*shard-1\.json is not a report/);
  });

  it('where there is no file, or an empty folder', async () => {
    expect(await refusal(path.join(whole, 'none.json'))).toMatch(/^SHARD_INVALID.*does not exist/);
    const empty = emptyFolder();
    mkdirSync(empty, { recursive: true });
    expect(await refusal(empty)).toMatch(/^SHARD_INVALID.*is empty/);
  });

  it('where parts of different divisions are mixed', async () => {
    const folder = copy();
    await judgeShard(asked, '2/2', reportOf(folder, 2));
    expect(await refusal(folder)).toMatch(/^SHARD_INVALID.*shard-1\.json is shard 1\/3, and .*shard-2\.json is shard 2\/2/);
  });
});

describe('an engine that fails in one shard', () => {
  it('fails that shard’s targets, and what the others found remains', async () => {
    const folder = copy();
    const error = new GateError('ENGINE_TIMEOUT', { message: 'cel did not finish within 600 s' });
    edit(reportOf(folder, 1), (report) => ({
      ...report,
      examined: {
        head: {
          ...report.examined.head,
          runs: [{ status: 'failed', engine: 'cel', error, durationMs: 600_000 }, ...others(report)],
        },
      },
    }));
    const { verdict } = await merge(asked, folder);
    expect(verdict).toMatchObject({ outcome: 'error', errors: [{ code: 'ENGINE_TIMEOUT' }] });
    const said = verdict.coverage
      .filter(({ kind }) => kind === 'resource')
      .map(({ entries }) => entries.find(({ engine }) => engine === 'cel')?.status);
    expect(new Set(said)).toEqual(new Set(['failed', 'evaluated']));
    expect(verdict.findings.length).toBeGreaterThan(0);
  });

  it('fails as a whole where it failed in all of them', async () => {
    const broken = { ...asked, engines: 'cel,trivy', tools: ['trivy=/nonexistent/trivy'], cacheDir: emptyFolder() };
    const merged = await merge(broken, (await divide(broken, 2)).folder);
    expect(merged.verdict.outcome).toBe('error');
    expect(merged.verdict.engines.find(({ engine }) => engine === 'trivy')).toMatchObject({ status: 'failed' });
  });
});

type Run = ShardReport['examined']['head']['runs'][number];
type Completed = Extract<Run, { status: 'completed' }>;

function withRuns({ examined, ...report }: ShardReport, change: (run: Completed) => Completed): ShardReport {
  const runs = examined.head.runs.map((run) => (run.status === 'completed' ? change(run) : run));
  return { ...report, examined: { head: { ...examined.head, runs } } };
}

function others({ examined }: ShardReport): Run[] {
  return examined.head.runs.filter(({ engine }) => engine !== 'cel');
}
