import path from 'node:path';
import { createSemaphore } from '../model/concurrency.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import { copyChart } from '../render/helm-copy.ts';
import { inRepository } from '../render/helm-names.ts';
import { type EffectiveValues, effectiveValues } from '../render/helm-values.ts';
import type { Release } from '../render/provenance.ts';
import { runToolOnce } from '../render/run-tool.ts';
import { comparedNames } from '../render/template-lexer.ts';
import { existing, pathKey, scalarsFor } from './fields.ts';
import { overriding, type ValuesLeaf, valuesLeaves } from './helm-leaves.ts';
import { type LinesTrace, type MarkedTemplates, withComments, withWords } from './helm-lines.ts';
import { type Output, type OutputDocument, readOutput, sourceAt } from './helm-output.ts';
import { createValuesPlaces } from './helm-places.ts';
import { type Found, type Shown, search } from './search.ts';
import { isFalsy, nonce } from './sentinels.ts';

/** A field of a document of Helm's output. */
export interface HelmField {
  /** A line of the document in the output, from 1. */
  readonly line: number;
  readonly field: FieldPath;
}

interface Target<F extends HelmField> {
  readonly asked: F;
  readonly document: OutputDocument;
  /** The part of the field that exists. */
  readonly path: FieldPath;
}

interface Shows {
  readonly document: OutputDocument;
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/** For all renderings of one release: what is not proven by then keeps the best guess. */
const maxMs = 10_000;
const atOnce = 2;

/**
 * Renders a release again, with sentinels for the values that the fields may show and with marks in its templates. Never throws: a rendering that
 * fails proves nothing.
 * @param untraced The place of a field as far as the text of its template shows.
 */
export async function traceRelease<F extends HelmField>(
  release: Release,
  fields: readonly F[],
  untraced: (asked: F) => Origin,
): Promise<ReadonlyMap<F, SourceLocation>> {
  const lines = release.output.split('\n');
  const sources = new Set(fields.map(({ line }) => sourceAt(lines, line)));
  const all = readOutput(release.output, (text) => text, sources);
  const targets = fields.flatMap((asked): readonly Target<F>[] => {
    const document = all.documents.find(({ start, end }) => start <= asked.line && asked.line <= end);
    return document === undefined ? [] : [{ asked, document, path: existing(document.value, asked.field) }];
  });
  const wanted = new Set(targets.map(({ document }) => document));
  const first: Output = { ...all, documents: [...wanted] };
  const copy = path.join(release.workdir, 'traced');
  try {
    await copyWithoutNotes(release, copy);
    const run = createRuns(release, copy);
    const word = nonce(release.context.renderings?.secret, release.output);
    const effective = await effectiveValues(release, release.context.ports.files);
    const values =
      effective === undefined ? undefined : await traceValues(first, targets, effective, release, word, run.withValues);
    const isDecided = ({ document, path: at }: Target<F>): boolean => values?.get(document.key)?.has(pathKey(at)) === true;
    const open = targets.filter((target) => !isDecided(target));
    const writtenBy = await traceLines(first, open, release, word, run.withTemplates);
    const found = new Map<F, SourceLocation>();
    for (const target of targets) {
      const { asked, document } = target;
      const template = (field: FieldPath) => writtenBy(document, field);
      const own = values?.get(document.key) ?? new Map();
      const places =
        effective === undefined
          ? () => undefined
          : createValuesPlaces(document.value, own, effective, release.templates, template);
      const place = placeOf(target, places, template, untraced(asked));
      if (place !== undefined) found.set(asked, inRepository(place, release.chart, release.names));
    }
    return found;
  } catch {
    return new Map();
  }
}

/** The values that decided the field, the line of the template that wrote it, or that of the nearest parent that is known. */
function placeOf<F extends HelmField>(
  { asked: { field }, path: found }: Target<F>,
  values: (field: FieldPath) => SourceLocation | undefined,
  template: (field: FieldPath) => { readonly file: string; readonly line: number } | undefined,
  guess: Origin,
): SourceLocation | undefined {
  const precision = found.length === field.length ? 'field' : 'parent';
  const inValues = values(found);
  if (inValues !== undefined) return { ...inValues, precision };
  const own = template(found);
  if (own !== undefined) return { ...own, precision };
  const guessed = guess.locate(found);
  if (guessed.precision === 'field') return { ...guessed, precision };
  for (let length = found.length - 1; length >= 0; length -= 1) {
    const parent = template(found.slice(0, length));
    if (parent !== undefined) return { ...parent, precision: 'parent' };
  }
  return undefined;
}

type Documents = ReadonlyMap<string, OutputDocument>;
type FoundValues = Found<ValuesLeaf>;

async function traceValues<F extends HelmField>(
  first: Output,
  targets: readonly Target<F>[],
  effective: EffectiveValues,
  { templates }: Release,
  word: string,
  render: (over: JsonObject) => Promise<Rendered | undefined>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, FoundValues>>> {
  const wanted = new Map<string, Shows>();
  for (const { document, path: at } of targets)
    for (const scalar of [{ path: at, value: valueAt(document.value, at) ?? null }, ...scalarsFor(document.value, at)])
      wanted.set(`${document.key}\n${pathKey(scalar.path)}`, { document, ...scalar });
  const compared = comparedNames([...templates.values()].map((lines) => lines.join('\n')));
  const nameOf = (at: FieldPath): string => String(at.findLast((step) => typeof step === 'string'));
  const names = new Set([...wanted.values()].map(({ path: at }) => nameOf(at)));
  const leaves = valuesLeaves(effective);
  const [truthy, falsy] = [leaves.filter((leaf) => !isFalsy(leaf)), leaves.filter(isFalsy)];
  const found = await search<Shows, ValuesLeaf>({
    fields: [...wanted.values()],
    groups: [
      truthy.filter(({ path: at }) => !compared.has(nameOf(at))),
      truthy.filter(({ path: at }) => compared.has(nameOf(at))),
      falsy.filter(({ path: at }) => names.has(nameOf(at))),
      falsy.filter(({ path: at }) => !names.has(nameOf(at))),
    ],
    rendered: first.lines.join('\n'),
    word,
    async render(sentinels, group): Promise<Shown<Shows, ValuesLeaf> | undefined> {
      const result = await render(
        overriding(effective.values, new Map(group.map((leaf) => [pathKey(leaf.path), sentinels.standIn(leaf)]))),
      );
      if (result === undefined) return undefined;
      if (result.text === '') return { status: 'failed', blamed: blamedBy(result.error) };
      const second = readOutput(result.text, sentinels.clean, sourcesOf(first));
      const documents: Documents = new Map(second.documents.map((document) => [document.key, document]));
      return {
        status: 'rendered',
        valueOf: ({ document, path: at }) => valueAt(documents.get(document.key)?.value, at),
        lineOf: ({ document, path: at }) => second.lines[(documents.get(document.key)?.lineOf(at) ?? 0) - 1] ?? '',
      };
    },
  });
  const byDocument = new Map<string, Map<string, FoundValues>>();
  for (const [{ document, path: at }, one] of found)
    byDocument.set(document.key, (byDocument.get(document.key) ?? new Map<string, FoundValues>()).set(pathKey(at), one));
  return byDocument;
}

/** Helm names the expression that failed: `at <.Values.mode>`. */
function blamedBy(error: string): (leaf: ValuesLeaf) => boolean {
  const names = new Set([...error.matchAll(/\.([A-Za-z_]\w*)(?=[\s>)|}]|$)/g)].map((match) => match[1]));
  return ({ path: at }) => names.has(String(at.at(-1)));
}

/** Two ways to mark templates: comments behind lines, and words before scalars for templates that are parsed, merged and written again. */
async function traceLines<F extends HelmField>(
  first: Output,
  open: readonly Target<F>[],
  { templates }: Release,
  word: string,
  render: (texts: ReadonlyMap<string, string>) => Promise<Rendered | undefined>,
): Promise<LinesTrace> {
  const trace = async (marked: MarkedTemplates): Promise<LinesTrace> => {
    const result = await render(marked.files);
    return result === undefined ? () => undefined : marked.trace(result.text, sourcesOf(first));
  };
  if (open.length === 0) return () => undefined;
  const comments = await trace(withComments(templates, word));
  if (open.every(({ document, path: at }) => comments(document, at) !== undefined)) return comments;
  const words = await trace(withWords(templates, word));
  return (document, field) => comments(document, field) ?? words(document, field);
}

function sourcesOf({ documents }: Output): ReadonlySet<string> {
  return new Set(documents.map(({ source }) => source));
}

interface Rendered {
  readonly text: string;
  readonly error: string;
}

function createRuns({ args, workdir, values, chart, config, context }: Release, copy: string) {
  // Kept in a variable: Node 20 forgets a timeout that only AbortSignal.any knows of. https://github.com/nodejs/node/issues/57736
  const timeout = AbortSignal.timeout(maxMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  const queue = createSemaphore(atOnce);
  const { files } = context.ports;
  let count = 0;
  const run = (more: readonly string[]): Promise<Rendered | undefined> =>
    queue(async () => {
      if (timeout.aborted || signal.aborted) return undefined;
      try {
        // `--debug` prints what is not YAML, too: one broken document leaves the others. A schema does not know sentinels.
        const result = await runToolOnce(
          'helm',
          [...args(copy), '--debug', '--skip-schema-validation', ...more.flatMap((file) => ['--values', file])],
          { reads: [copy, ...more, ...values.map((given) => given.copy)], failuresToo: true },
          workdir,
          { ...context, signal },
          config.sandbox,
        );
        const error = /^Error: [\s\S]*/m.exec(result.stderr)?.[0].slice(0, 4000) ?? '';
        return { text: result.stdout.trim() === '' ? '' : result.stdout, error };
      } catch {
        return undefined;
      }
    });
  return {
    async withValues(over: JsonObject) {
      count += 1;
      const file = path.join(workdir, `sentinels-${count}.yaml`);
      await files.write(file, stringifyJson(over));
      return run([file]);
    },
    async withTemplates(texts: ReadonlyMap<string, string>) {
      for (const [file, text] of texts)
        if (!isNotes(file)) await files.write(path.join(copy, path.posix.relative(chart.path, file)), text);
      return run([]);
    },
  };
}

/** Notes may refuse sentinels, and are not manifests. */
async function copyWithoutNotes({ chart, templates, config, context }: Release, target: string): Promise<void> {
  const { files } = context.ports;
  await copyChart(chart, config.workspace, target, { files, sources: context.sources });
  for (const file of templates.keys())
    if (isNotes(file)) await files.remove(path.join(target, path.posix.relative(chart.path, file)));
}

function isNotes(file: string): boolean {
  return file.endsWith('/templates/NOTES.txt');
}
