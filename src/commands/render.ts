import path from 'node:path';
import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import type { Given } from '../inputs/options/table.ts';
import { GateError } from '../model/gate-error.ts';
import { formatLocation } from '../model/location.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { nearest } from '../model/nearest.ts';
import { givenOf, rawInputs } from './check.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { type RenderedDeployable, renderedDeployables } from './render-documents.ts';

const flags = flagsOf('check', ['workspace', 'config', 'exclude', 'environment', 'tool', 'cache-dir', 'mirror', 'concurrency']);

export const renderCommand: Command = {
  name: 'render',
  usage: 'k8s-gate render [paths...] [options]',
  help: `Prints the manifests that \`k8s-gate check\` evaluates, by chart, kustomization or file and by environment, as YAML documents with their source as a
comment. Values of Secrets are hidden.

  --deployable NAME     Only this chart, kustomization or file, such as charts/shop. May be repeated.
  --out FOLDER          Write one file for each instead, into a folder that is empty or does not exist.
  --show-secrets        Show the values of Secrets.
${flagHelp(flags)}

Exit code: 0 everything was rendered, 2 something was not.`,
  async run(args, context) {
    const { values, positionals } = parseFlags(renderCommand, args, {
      ...parserOptions(flags),
      deployable: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      'show-secrets': { type: 'boolean', default: false },
    });
    const out = values.out === undefined ? undefined : path.resolve(context.cwd, values.out);
    if (out !== undefined) await refuseUsed(out, context);
    const set = await renderedSet({ ...givenOf(values, context), paths: positionals }, context);
    const all = renderedDeployables(set.resources, { showSecrets: values['show-secrets'] });
    const wanted = chosen(all, values.deployable);
    if (out === undefined) context.stdout(wanted.map(({ text }) => text).join(''));
    else await writeAll(wanted, out, context);
    return complain(set, context);
  },
};

/** The change as it would be judged without a base. */
async function renderedSet(given: Given, context: CommandContext): Promise<ManifestSet> {
  const [
    { openChange },
    { openSources },
    { renderAll },
    { onlyEnvironment },
    { createResults },
    { cacheDirOf, createTools, toolSettings },
  ] = await Promise.all([
    import('../open-change.ts'),
    import('../open-sources.ts'),
    import('../examine.ts'),
    import('../render/only-environment.ts'),
    import('../engines/results.ts'),
    import('./tools.ts'),
  ]);
  const { gateRoot, signal } = context;
  const cacheDir = cacheDirOf(given.cacheDir, context);
  const tools = await createTools({ ...toolSettings(given, cacheDir), auto: false }, context);
  const tempDir = await context.ports.files.makeTempDir('k8s-gate-');
  try {
    const at = { baseSha: undefined, committed: false, tempDir, gateRoot, cacheDir, signal };
    const { inputs, ports, gaps } = await openChange(rawInputs(given, context), at, context.ports);
    const { rendererTools } = tools;
    const outside = { ports, rendererTools, cacheDir, tempDir, signal };
    const rendering = { ...outside, results: createResults(), sources: openSources(inputs, outside) };
    const set = await renderAll(inputs.config, rendering, path.join(tempDir, 'render'));
    return onlyEnvironment({ ...set, gaps: [...gaps, ...set.gaps] }, inputs.config.environment);
  } finally {
    await context.ports.files.remove(tempDir);
  }
}

function chosen(all: readonly RenderedDeployable[], names: readonly string[]): readonly RenderedDeployable[] {
  if (names.length === 0) return all;
  const wanted = names.map((name) => path.posix.normalize(name).replace(/(?<=.)\/$/, ''));
  const known = [...new Set(all.map(({ unit }) => unit))];
  for (const name of wanted) {
    if (known.includes(name)) continue;
    throw unknownDeployable(name, known);
  }
  return all.filter(({ unit }) => wanted.includes(unit));
}

function unknownDeployable(name: string, known: readonly string[]): GateError {
  const message = `--deployable: nothing named \`${name}\` was rendered`;
  if (known.length === 0)
    return new GateError('INPUT_INVALID', {
      message: `${message}, and neither was anything else`,
      expected: 'a chart, kustomization or file of this folder',
      next: 'Run `k8s-gate render` without --deployable: it lists what could not be rendered, with the reason.',
    });
  const near = nearest(name, known);
  const some = `one of ${known.slice(0, 10).join(', ')}${known.length > 10 ? ' …' : ''}`;
  return new GateError('INPUT_INVALID', { message, expected: near === undefined ? some : `\`${near}\`` });
}

/** Files of an earlier run would look like part of this one. */
async function refuseUsed(out: string, { ports: { files } }: CommandContext): Promise<void> {
  const found = await files.stat(out);
  if (found === undefined || (found.kind === 'folder' && (await files.walk(out, () => false)).length === 0)) return;
  throw new GateError('INPUT_INVALID', {
    message: `--out: ${out} is ${found.kind === 'folder' ? 'not empty' : `a ${found.kind}`}`,
    expected: 'a folder that is empty or does not exist',
  });
}

async function writeAll(
  deployables: readonly RenderedDeployable[],
  out: string,
  { cwd, ports, stdout }: CommandContext,
): Promise<void> {
  for (const { fileName, text, resources } of deployables) {
    const file = path.join(out, fileName);
    await ports.files.write(file, text);
    stdout(`wrote ${path.relative(cwd, file)} (${resources} resource${resources === 1 ? '' : 's'})\n`);
  }
}

/** What was not rendered, to the log; gives the exit code. */
function complain({ failures, gaps, resources, pointers = new Map() }: ManifestSet, { ports: { log } }: CommandContext): number {
  for (const { message } of failures) log.error(message);
  const missing = [
    ...gaps.map(({ file, line, ...gap }) => ({ at: `${file}${line === undefined ? '' : `:${line}`}`, ...gap })),
    ...resources.flatMap(({ uid, origin }) =>
      (pointers.get(uid) ?? []).map(({ path: field, what, ...gap }) => ({
        at: formatLocation(origin.locate(field)),
        subject: what,
        ...gap,
      })),
    ),
  ];
  for (const { at, subject, reason, next } of missing) log.warn(`${at}: not rendered: ${subject}: ${reason}. ${next}`);
  return failures.length + missing.length === 0 ? 0 : 2;
}
