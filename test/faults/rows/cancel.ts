import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../support/gate-process.ts';
import { emptyFolder } from '../../support/temp-folders.ts';
import { judgeByDist, start, trialOf } from '../dist.ts';
import { launcher } from '../launcher.ts';
import { files, truths } from '../repository.ts';
import type { Row, Trial } from '../row.ts';

/** Cancels while an engine that never ends is running, `delayMs` after it started. */
async function cancel(truth: Trial['truth'], signals: readonly NodeJS.Signals[], deaf: boolean): Promise<Trial> {
  const pidFile = path.join(emptyFolder(), 'pid');
  const executable = await launcher({ id: 'opa', damage: { how: 'hang', deaf, pidFile }, when: '^eval ' });
  const folder = await repository(files(truth));
  const started = start(['check', '--engines', 'cel,opa', '--tool', `opa=${executable}`], folder);
  const pid = await appears(pidFile);
  for (const signal of signals) {
    started.kill(signal);
    await sleep(50);
  }
  const ended = await started.ended;
  return trialOf(truth, ended, (await gone(pid)) ? [] : ['the engine was left running']);
}

/** Cancels at any moment, from before the first line on. */
async function cancelAfter(truth: Trial['truth'], delayMs: number, signal: NodeJS.Signals): Promise<Trial> {
  return judgeByDist(truth, ['--engines', 'cel'], {
    meanwhile: async (started) => {
      await sleep(delayMs);
      started.kill(signal);
    },
  });
}

async function appears(file: string): Promise<number> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return Number(text);
    await sleep(50);
  }
  throw new Error('the engine never started');
}

async function gone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  process.kill(pid, 'SIGKILL');
  return false;
}

type Run = (truth: Trial['truth']) => Promise<Trial>;
const cases: readonly (readonly [string, Row['expects'], Run])[] = [
  ['SIGINT while an engine runs', 'error', (truth) => cancel(truth, ['SIGINT'], false)],
  ['SIGTERM while an engine runs', 'error', (truth) => cancel(truth, ['SIGTERM'], false)],
  ['SIGINT, then SIGTERM, as the runner cancels', 'error', (truth) => cancel(truth, ['SIGINT', 'SIGTERM'], false)],
  ['SIGTERM while an engine runs that ignores it', 'error', (truth) => cancel(truth, ['SIGTERM'], true)],
  ...[20, 150, 300, 450, 600, 900].map(
    (delayMs) =>
      [
        `SIGTERM after ${delayMs} ms`,
        'true or error',
        (truth: Trial['truth']) => cancelAfter(truth, delayMs, 'SIGTERM'),
      ] as const,
  ),
  ['SIGKILL after 400 ms', 'true or error', (truth) => cancelAfter(truth, 400, 'SIGKILL')],
];

const reports: readonly (readonly [string, Row['expects'], Run])[] = [
  [
    'the reader of its output goes away',
    'true or error',
    (truth) =>
      judgeByDist(truth, ['--engines', 'cel'], {
        meanwhile: (started) => {
          started.deafen();
          return Promise.resolve();
        },
      }),
  ],
  [
    'a report goes to a full disk (/dev/full)',
    'true or error',
    (truth) => judgeByDist(truth, ['--engines', 'cel', '-o', 'json=/dev/full']),
  ],
  [
    'a report goes to a folder that can not be',
    'true or error',
    (truth) => judgeByDist(truth, ['--engines', 'cel', '-o', 'json=/dev/null/x/report.json']),
  ],
  [
    'no file it writes may have more than 100 bytes',
    'true or error',
    (truth) => judgeByDist(truth, ['--engines', 'cel', '-o', 'json=report.json'], { limit: ['/usr/bin/prlimit', '--fsize=100'] }),
  ],
];

function rowsOf(area: string, list: readonly (readonly [string, Row['expects'], Run])[]): readonly Row[] {
  return list.map(([fault, expects, run]) => ({
    id: `${area}: ${fault}`,
    area,
    fault,
    expects,
    async run() {
      const trials: Trial[] = [];
      for (const truth of truths) trials.push(await run(truth));
      return trials;
    },
  }));
}

export const cancelRows: readonly Row[] = [...rowsOf('cancel', cases), ...rowsOf('output of the gate', reports)];
