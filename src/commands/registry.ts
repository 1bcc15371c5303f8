import type { Command } from './command.ts';

/** A command as the overview lists it. Its code is read when it is asked for: `--version` needs none of the engines. */
export interface CommandEntry {
  readonly name: string;
  /** One line for `k8s-gate --help`. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Every command: a file beside this one and a line here; test/architecture.test.ts checks that both agree. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'judge manifests, charts and kustomizations',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    name: 'merge',
    summary: 'make one verdict of the reports of all shards',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'engines',
    summary: 'list, install, verify or update the engines',
    load: async () => (await import('./engines.ts')).enginesCommand,
  },
  {
    name: 'explain',
    summary: 'say what a rule asks and how to mend what it found',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'init',
    summary: 'write a configuration and workflows for this repository',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'waivers',
    summary: 'check, add and import agreed exceptions',
    load: async () => (await import('./waivers.ts')).waiversCommand,
  },
];
