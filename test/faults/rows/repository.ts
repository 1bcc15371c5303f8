import { execFileSync } from 'node:child_process';
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { GateError } from '../../../src/model/gate-error.ts';
import { createNodePorts } from '../../../src/ports/node-ports.ts';
import type { Files, Ports } from '../../../src/ports/ports.ts';
import { type Judging, judgeBoth } from '../in-process.ts';
import { launcher } from '../launcher.ts';
import type { Row } from '../row.ts';

const web = 'deploy/web.yaml';
const isWeb = (file: string): boolean => file.endsWith(web);

function withFiles(change: (real: Files) => Partial<Files>): (real: Ports) => Ports {
  return (real) => ({ ...real, files: { ...real.files, ...change(real.files) } });
}

function unreadable(file: string, why: string): GateError {
  return new GateError('SOURCE_UNREADABLE', { file, message: `can't be read (${why})`, next: 'Look at the disk.' });
}

/** Something is done to the file after it was found and before it is read. */
function onFirstRead(act: (file: string) => Promise<void>): (real: Ports) => Ports {
  return (ports) => {
    let done = false;
    const first = async (file: string): Promise<void> => {
      if (done || !isWeb(file)) return;
      done = true;
      await act(file);
    };
    const afterwards =
      <Content>(read: (file: string) => Promise<Content>) =>
      async (file: string): Promise<Content> => {
        await first(file);
        return read(file);
      };
    return withFiles((real) => ({ readText: afterwards(real.readText), readBytes: afterwards(real.readBytes) }))(ports);
  };
}

/** The disk is full after so many writes. */
function fullAfter(writes: number): (real: Ports) => Ports {
  return (ports) => {
    let left = writes;
    return withFiles((real) => ({
      write: (file, content) => {
        left -= 1;
        return left >= 0 ? real.write(file, content) : Promise.reject(unreadable(file, 'ENOSPC'));
      },
    }))(ports);
  };
}

interface Case {
  readonly area?: string;
  readonly fault: string;
  readonly expects?: Row['expects'];
  judging(): Judging | Promise<Judging>;
}
const cel = (part: Partial<Judging>) => (): Judging => ({ engines: 'cel', ...part });
const commit = (folder: string): string => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=dev', '-c', 'user.email=dev@example.com', ...args], { encoding: 'utf8' });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'base');
  return git('rev-parse', 'HEAD').trim();
};
const disk = 'disk';
const base = 'base commit';

const cases: readonly Case[] = [
  { fault: 'nothing (so that the table is not all noise)', expects: 'true', judging: cel({}) },
  {
    fault: 'a manifest can not be read (EIO)',
    judging: cel({
      ports: withFiles((real) => ({
        readText: (file) => (isWeb(file) ? Promise.reject(unreadable(file, 'EIO')) : real.readText(file)),
        readBytes: (file) => (isWeb(file) ? Promise.reject(unreadable(file, 'EIO')) : real.readBytes(file)),
      })),
    }),
  },
  { fault: 'a manifest vanishes after it was found', judging: cel({ ports: onFirstRead((file) => rm(file)) }) },
  {
    fault: 'a manifest becomes a link after it was found',
    judging: cel({
      ports: onFirstRead(async (file) => {
        await rm(file);
        await symlink('/nowhere', file);
      }),
    }),
  },
  {
    fault: 'a manifest is cut off in the middle of a line',
    judging: cel({ files: { 'deploy/more.yaml': 'apiVersion: v1\nkind: "Po' } }),
  },
  { fault: 'a manifest is binary', judging: cel({ files: { 'deploy/more.yaml': 'apiVersion: v1\u0000kind: Pod\n' } }) },
  { fault: 'there is no manifest', judging: cel({ files: { '.k8s-gate.yaml': 'version: 1\npaths: [nowhere]\n' } }) },
  { fault: 'the configuration is cut off', judging: cel({ files: { '.k8s-gate.yaml': 'version: 1\nengines: { opa: {' } }) },
  { fault: 'the configuration has an unknown key', judging: cel({ files: { '.k8s-gate.yaml': 'version: 1\nengine: {}\n' } }) },
  {
    fault: 'the shipped policies are gone',
    judging: cel({
      ports: withFiles((real) => ({
        walk: (root, skip) =>
          path.basename(root) === 'policies' && !root.includes('.k8s-gate') ? Promise.resolve([]) : real.walk(root, skip),
      })),
    }),
  },
  {
    fault: 'a shipped policy is emptied',
    judging: cel({
      ports: withFiles((real) => ({
        readText: async (file) => {
          const text = await real.readText(file);
          if (!file.endsWith('pod-security-baseline/privileged.yaml')) return text;
          return text.replaceAll(/expression: variables[.]bad\w+[.]size[(][)] == 0/g, "expression: 'true'");
        },
      })),
    }),
  },
  ...[0, 1, 3, 6].map(
    (writes): Case => ({
      area: disk,
      fault: `the disk is full after ${writes} files of an engine (kyverno)`,
      judging: async () => ({
        engines: 'kyverno',
        tools: [`kyverno=${await launcher({ id: 'kyverno' })}`],
        ports: fullAfter(writes),
      }),
    }),
  ),
  {
    area: disk,
    fault: 'the disk is full where an engine writes its report (trivy)',
    judging: async () => ({
      engines: 'trivy',
      tools: [`trivy=${await launcher({ id: 'trivy', maxFileBytes: 200 })}`],
      files: { '.k8s-gate.yaml': 'version: 1\nengines: { trivy: { scanners: [misconfig] } }\n' },
    }),
  },
  {
    area: disk,
    fault: 'the folder for temporary files is gone',
    judging: cel({
      engines: 'opa',
      ports: withFiles(() => ({ makeDir: (folder) => Promise.reject(unreadable(folder, 'ENOENT')) })),
    }),
  },
  {
    area: base,
    fault: 'the base commit is not there',
    judging: cel({
      prepare: async (folder) => {
        commit(folder);
        return { baseSha: '1'.repeat(40) };
      },
    }),
  },
  { area: base, fault: 'there is no repository', judging: cel({ context: { baseSha: '1'.repeat(40) } }) },
  {
    area: base,
    fault: 'git is missing',
    judging: cel({
      prepare: async (folder) => ({ baseSha: commit(folder) }),
      ports: (real) => ({ ...real, git: createNodePorts({ log: real.log, env: { PATH: '/nowhere' } }).git }),
    }),
  },
  {
    area: base,
    fault: "the base commit's configuration is broken",
    judging: cel({
      files: { '.k8s-gate.yaml': 'version: 2\n' },
      prepare: async (folder) => ({ baseSha: commit(folder) }),
    }),
  },
  {
    area: base,
    fault: 'nothing, with a base commit to compare with',
    expects: 'true',
    judging: cel({ prepare: async (folder) => ({ baseSha: commit(folder) }) }),
  },
];

export const repositoryRows: readonly Row[] = cases.map(({ area, fault, expects, judging }) => ({
  id: `repository: ${fault}`,
  area: area ?? 'repository',
  fault,
  expects: expects ?? 'error',
  run: async () => judgeBoth(await judging()),
}));
