import type { Option } from './option.ts';

/** Options of the machine that the gate runs on: its share of the work, its tools and what it keeps. */
export const machineOptions = {
  shard: {
    type: 'text',
    text: 'Run the engines on one part only, such as 2/8. Such a run delivers no reports: a merge combines all parts into one verdict.',
    otherwise: 'everything',
    input: { name: 'shard' },
    flag: {
      name: 'shard',
      value: 'I/N',
      of: 'check',
      text: 'Check one of N parts only, such as 2/8; `k8s-gate merge` combines them into one verdict.',
    },
  },
  shardReport: {
    type: 'file',
    text: 'File of the part’s report for the merge.',
    otherwise: 'a file in the runner’s temporary folder',
    input: { name: 'shard-report', note: 'Only with shard.' },
    flag: { name: 'shard-report', value: 'FILE', of: 'check', text: 'With --shard: file of the part’s report for the merge.' },
  },
  shards: {
    type: 'files',
    text: 'Reports of all shards: files or folders.',
    input: { name: 'shards', note: 'Only with mode `merge`. All other inputs must be the same as those of the shards.' },
  },
  tools: {
    type: 'list',
    text: 'Use this binary instead of the pinned one: trivy=/usr/bin/trivy, or trivy=/usr/bin/trivy@sha256:HEX to verify it.',
    input: { name: 'tools' },
    flag: { name: 'tool', value: 'ID=PATH' },
  },
  cacheDir: {
    type: 'file',
    text: 'Folder for engines, databases and results.',
    otherwise: 'the runner’s tool cache, else the user’s cache folder',
    input: { name: 'cache-dir' },
    flag: {
      name: 'cache-dir',
      value: 'DIR',
      text: 'Folder for engines, databases and results (default: the user’s cache folder).',
    },
  },
  cacheSecret: {
    type: 'text',
    text: 'A repository secret with any long random text. It seals results in the cache of GitHub Actions, so that only changes are checked again.',
    otherwise: 'no results are kept between runs',
    input: { name: 'cache-secret' },
  },
  noCache: {
    type: 'boolean',
    text: 'Ignore the results of earlier runs.',
    flag: { name: 'no-cache' },
  },
  mirror: {
    type: 'text',
    text: 'Base URL that replaces the publishers’ download sites, for runners without internet access.',
    input: { name: 'mirror' },
    flag: { name: 'mirror', value: 'URL' },
  },
  requireSignatures: {
    type: 'boolean',
    text: 'Whether a downloaded engine must have its publisher’s signature in addition to the pinned hash.',
    input: { name: 'require-signatures', default: 'false', note: 'Otherwise a missing signature only logs a warning.' },
    flag: { name: 'require-signatures', text: 'A downloaded engine must have its publisher’s signature.' },
  },
} satisfies Record<string, Option>;
