import { type ParseArgsConfig, parseArgs } from 'node:util';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import type { GitHub, Ports } from '../ports/ports.ts';
import type { ResultStore } from '../results/store.ts';

/** The environment of a command. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ports: Ports;
  readonly stdout: (text: string) => void;
  /** Asks on the terminal, for yes or no. Absent if nobody can answer. */
  readonly ask?: (question: string) => Promise<boolean>;
  readonly terminal: { readonly color: boolean; readonly width: number };
  readonly gateRoot: string;
  readonly gateVersion: string;
  readonly cores: number;
  readonly signal: AbortSignal;
  /** GitHub, as the token in the environment may use it; `owner/name`. Throws INPUT_INVALID without a token. */
  readonly connectGitHub?: (repository: string) => Promise<GitHub>;
  /** Every command, for completion. */
  readonly commands?: readonly { readonly name: string; readonly summary: string }[];
  /** Stored results of earlier runs below a cache folder. */
  readonly openResults: (cacheDir: string) => Promise<ResultStore>;
}

/** A subcommand: a file here and a line in registry.ts. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  /** The text of `--help` below the usage. */
  readonly help: string;
  /** The exit code: 0 pass or warn, 1 block, 2 error. Throws GateError, which is exit code 2. */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** Like node:util's parser, with GateErrors. */
export function parseFlags<T extends NonNullable<ParseArgsConfig['options']>>(
  command: Pick<Command, 'name'>,
  args: readonly string[],
  options: T,
) {
  const next = `\`k8s-gate ${command.name} --help\` lists every option.`;
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
    const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
    // The parser takes the last value, and the first would be silently ignored.
    const twice = given.find(
      ({ name, value }, index) =>
        value !== undefined &&
        options[name]?.multiple !== true &&
        given.slice(0, index).some((other) => other.name === name && other.value !== value),
    );
    if (twice !== undefined)
      throw new GateError('INPUT_INVALID', {
        message: `--${twice.name} is given twice, with different values`,
        expected: 'one value',
        next,
      });
    return parsed;
  } catch (thrown) {
    if (thrown instanceof GateError) throw thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1];
    const incomplete = /Option '(?:-\w, )?(--[\w-]+) <value>' argument (?:missing|is ambiguous)/.exec(message)?.[1];
    const near = unknown === undefined ? undefined : nearest(unknown.replace(/^-+/, ''), Object.keys(options));
    throw new GateError('INPUT_INVALID', {
      message:
        unknown !== undefined
          ? `there is no option ${unknown}`
          : incomplete !== undefined
            ? `${incomplete} needs a value`
            : message,
      ...(near !== undefined && { expected: `--${near}` }),
      next,
    });
  }
}
