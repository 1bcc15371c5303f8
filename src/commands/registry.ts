import type { Command } from './command.ts';

/** A command in the overview. Its code is loaded on demand: `--version` does not need the engines. */
export interface CommandEntry {
  readonly name: string;
  /** One line for `k8s-gate --help`. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command has a file next to this one and a line here; test/architecture.test.ts checks that both agree. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'evaluate manifests, charts and kustomizations',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'fix',
    summary: 'apply suggested fixes, and evaluate again',
    load: async () => (await import('./fix.ts')).fixCommand,
  },
  {
    name: 'merge',
    summary: 'combine the reports of all shards into one verdict',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'diff',
    summary: 'show what a change adds, changes and removes in the cluster',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    name: 'render',
    summary: 'print or write the rendered manifests',
    load: async () => (await import('./render.ts')).renderCommand,
  },
  {
    name: 'verify',
    summary: 'check the attestation of a verdict',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'engines',
    summary: 'list, install and verify engines',
    load: async () => (await import('./engines.ts')).enginesCommand,
  },
  {
    name: 'explain',
    summary: 'explain what a rule checks and how to fix a finding',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'policies',
    summary: 'run the tests of your own policies',
    load: async () => (await import('./policies.ts')).policiesCommand,
  },
  {
    name: 'trust',
    summary: 'export signature rules as policies of a cluster',
    load: async () => (await import('./trust.ts')).trustCommand,
  },
  {
    name: 'init',
    summary: 'write a configuration and workflows for this repository',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'baseline',
    summary: 'accept existing findings, so that only others block',
    load: async () => (await import('./baseline.ts')).baselineCommand,
  },
  {
    name: 'report',
    summary: 'summarize the reports of many repositories',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'waivers',
    summary: 'check, add and import waivers',
    load: async () => (await import('./waivers.ts')).waiversCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
