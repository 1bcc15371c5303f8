import path from 'node:path';
import type { GateConfig, HelmChart } from '../model/config.ts';
import type { FieldPath } from '../model/field-path.ts';
import { type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { RenderContext } from './context.ts';
import { copyChart, type ValuesFile } from './helm-copy.ts';
import { fieldsOf, type Output, pathKey, readOutput } from './helm-documents.ts';
import { effectiveValues } from './helm-effective.ts';
import { type LinesTrace, type MarkedTemplates, type TemplatePlace, withComments, withWords } from './helm-lines-trace.ts';
import { nonce } from './helm-sentinels.ts';
import { createValuesPlaces } from './helm-values-places.ts';
import { traceValues } from './helm-values-trace.ts';
import { runToolOnce } from './run-tool.ts';
import { comparedNames } from './template-lexer.ts';

/** What further renderings of one release told of its fields. */
export interface HelmTrace {
  /** By a line (from 1) of the first rendering. */
  documentAt(line: number): DocumentTrace | undefined;
}

export interface DocumentTrace {
  readonly value: JsonValue;
  /** The values that decided a field which exists. */
  values(field: FieldPath): SourceLocation | undefined;
  /** The line of the template that wrote a field which exists. */
  template(field: FieldPath): TemplatePlace | undefined;
}

/** Of one release, beside the first rendering: past either, what was not proven keeps its template's best line. */
const maxRenderings = 40;
const maxMs = 10_000;
const atOnce = 2;
/** Characters of output that are read again for each rendering. */
const maxOutput = 1024 * 1024;

export interface Traced {
  readonly chart: HelmChart;
  readonly values: readonly ValuesFile[];
  readonly copy: string;
  readonly workdir: string;
  readonly templates: ReadonlyMap<string, readonly string[]>;
  /** Arguments of a rendering of this release from a chart's folder. */
  readonly args: (copy: string) => readonly string[];
  /** Of the first rendering. */
  readonly output: string;
}

/** Never throws: a rendering that fails proves nothing. Undefined for a release that is too large to be read again and again. */
export async function traceRelease(traced: Traced, config: GateConfig, context: RenderContext): Promise<HelmTrace | undefined> {
  if (traced.output.length > maxOutput) return undefined;
  const first = readOutput(traced.output, (text) => text);
  const plain = path.join(traced.workdir, 'plain');
  const run = createRuns(traced, plain, config, context);
  const effective = await effectiveValues(traced.chart, traced.copy, traced.values, context.ports.files);
  const word = nonce(context.renderings?.secret, traced.output);
  const compared = comparedNames([...traced.templates.values()].map((lines) => lines.join('\n')));
  const [comments, values] = await Promise.all([
    traceLines('comments', (templates) => withComments(templates, word), first, traced, config, context, run),
    effective === undefined
      ? undefined
      : copyWith(new Map(), plain, traced, config, context)
          .then(() => traceValues(first, { ...effective, compared, word }, run.withValues))
          .catch(() => undefined),
  ]);
  const isWhole = first.documents.every((document) =>
    fieldsOf(document.value).every(({ path: at }) => comments.get(document.key)?.has(pathKey(at)) === true),
  );
  const words: LinesTrace = isWhole
    ? new Map()
    : await traceLines('words', (templates) => withWords(templates, word), first, traced, config, context, run);
  return {
    documentAt(line) {
      const document = first.documents.find(({ start, end }) => start <= line && line <= end);
      if (document === undefined) return undefined;
      const template = (field: FieldPath): TemplatePlace | undefined =>
        comments.get(document.key)?.get(pathKey(field)) ?? words.get(document.key)?.get(pathKey(field));
      const found = values?.get(document.key);
      const places =
        effective === undefined || found === undefined
          ? undefined
          : createValuesPlaces(document.value, found, effective, traced.templates, template);
      return { value: document.value, values: (field) => places?.(field), template };
    },
  };
}

interface Shown {
  readonly text: string;
  readonly error: string;
}

interface Runs {
  readonly withValues: (over: JsonObject) => Promise<Shown | undefined>;
  readonly withChart: (copy: string) => Promise<Shown | undefined>;
}

function createRuns({ args, workdir, values }: Traced, plain: string, config: GateConfig, context: RenderContext): Runs {
  // Kept beside the signal: Node 20 forgets a timeout that only AbortSignal.any knows of. https://github.com/nodejs/node/issues/57736
  const timeout = AbortSignal.timeout(maxMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  let count = 0;
  const lanes: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
  async function run(all: readonly string[], more: readonly string[]): Promise<Shown | undefined> {
    if (timeout.aborted || signal.aborted) return undefined;
    try {
      // `--debug` prints what is no YAML, too: one broken document leaves the others. A schema knows no stand-ins.
      const result = await runToolOnce(
        'helm',
        [...all, '--debug', '--skip-schema-validation'],
        { reads: [...more, ...values.map((given) => given.copy)], failuresToo: true },
        workdir,
        { ...context, signal },
        config.sandbox,
      );
      return {
        text: result.stdout.trim() === '' ? '' : result.stdout,
        error: /^Error: [\s\S]*/m.exec(result.stderr)?.[0].slice(0, 4000) ?? '',
      };
    } catch {
      return undefined;
    }
  }
  async function queued(start: (number: number) => Promise<Shown | undefined>): Promise<Shown | undefined> {
    if (count === maxRenderings) return undefined;
    count += 1;
    const number = count;
    const result = (lanes[number % atOnce] ?? Promise.resolve()).then(() => start(number));
    lanes[number % atOnce] = result.catch(() => undefined);
    return result;
  }
  return {
    withValues: (over) =>
      queued(async (number) => {
        const file = path.join(workdir, `stand-ins-${number}.yaml`);
        await context.ports.files.write(file, stringifyJson(over));
        return run([...args(plain), '--values', file], [plain, file]);
      }),
    withChart: (marked) => queued(() => run(args(marked), [marked])),
  };
}

async function traceLines(
  name: string,
  mark: (templates: Traced['templates']) => MarkedTemplates,
  first: Output,
  traced: Traced,
  config: GateConfig,
  context: RenderContext,
  run: Runs,
): Promise<LinesTrace> {
  try {
    const marked = mark(traced.templates);
    const copy = path.join(traced.workdir, name);
    await copyWith(marked.files, copy, traced, config, context);
    const result = await run.withChart(copy);
    return result === undefined ? new Map() : marked.trace(first, result.text);
  } catch {
    return new Map();
  }
}

/** A copy of the chart with other texts of templates. Notes are left out: they may refuse what values are, and are no manifests. */
async function copyWith(
  texts: ReadonlyMap<string, string>,
  target: string,
  { chart, templates }: Traced,
  config: GateConfig,
  context: RenderContext,
): Promise<void> {
  const { files } = context.ports;
  await copyChart(chart, config.workspace, target, files);
  for (const file of templates.keys()) {
    const place = path.join(target, path.posix.relative(chart.path, file));
    if (file.endsWith('/templates/NOTES.txt')) await files.remove(place);
    else if (texts.has(file)) await files.write(place, texts.get(file) ?? '');
  }
}
