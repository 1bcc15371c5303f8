import path from 'node:path';
import * as z from 'zod';
import type { GateConfig } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import type { NotFetched } from '../model/sources.ts';
import type { RenderContext } from './context.ts';
import { isReleaseName } from './helm-names.ts';
import { excerpt, runToolOnce } from './run-tool.ts';

const text = z.string().nullish();
const json: z.ZodType<JsonValue> = z.custom<JsonValue>(() => true);
const flag = z.boolean().nullish();

/** https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_ */
const entrySchema = z.object({
  ...{ name: z.string().min(1), version: text, repo: text, releaseName: text, namespace: text, valuesFile: text },
  ...{
    valuesMerge: z.enum(['', 'override', 'replace', 'merge']).nullish(),
    kubeVersion: text,
    nameTemplate: z.undefined().optional(),
  },
  ...{ includeCRDs: flag, skipTests: flag, skipHooks: flag },
  additionalValuesFiles: z.array(z.string()).nullish(),
  apiVersions: z.array(z.string()).nullish(),
  valuesInline: z.record(z.string(), json).nullish(),
});
type Entry = z.infer<typeof entrySchema>;

/** Output of Helm for an entry of `helmCharts`, and what its chart is to a reader. */
export interface Inflated {
  readonly output: string;
  readonly shown: string;
}

/**
 * Renders an entry as kustomize has Helm do it: a chart in `chartHome`, or one that is fetched. Throws GateError at the entry.
 * @param folder Absolute folder of the kustomization.
 */
export async function inflate(
  value: JsonValue,
  {
    folder,
    workdir,
    globals,
    place,
  }: { readonly folder: string; readonly workdir: string; readonly globals: JsonValue; readonly place: SourceLocation },
  config: GateConfig,
  context: RenderContext,
): Promise<Inflated> {
  const refuse = (message: string, next: string): GateError =>
    new GateError('RENDER_FAILED', { file: place.file, line: place.line, message, next });
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success)
    throw refuse(`the entry of \`helmCharts\` cannot be read: ${schemaProblem(parsed.error, { whole: 'it' })}`, 'Correct it.');
  const entry = parsed.data;
  // It is an argument of its own: one that begins with a dash would be an option.
  const releaseName = entry.releaseName || 'release-name';
  if (!isReleaseName(releaseName))
    throw refuse(`${JSON.stringify(releaseName)} is not the name of a release`, 'Correct `releaseName`.');
  const chart = await chartOf(entry, folder, globals, context);
  if ('reason' in chart) throw refuse(`chart ${entry.name} was not fetched: ${chart.reason}`, chart.next);
  const values = await valuesOf(entry, folder, chart.folder, workdir, context, refuse);
  const args = [
    ...['template', releaseName, chart.folder],
    ...(entry.namespace ? ['--namespace', entry.namespace] : []),
    ...['--kube-version', entry.kubeVersion || config.helm.kubeVersion],
    ...[...config.helm.apiVersions, ...(entry.apiVersions ?? [])].flatMap((version) => ['--api-versions', version]),
    ...(entry.includeCRDs === true ? ['--include-crds'] : []),
    ...(entry.skipTests === true ? ['--skip-tests'] : []),
    ...(entry.skipHooks === true ? ['--no-hooks'] : []),
    ...values.flatMap((file) => ['--values', file]),
  ];
  await context.ports.files.makeDir(workdir);
  const result = await runToolOnce('helm', args, { reads: [chart.folder, ...values] }, workdir, context, config.sandbox);
  if (result.exitCode === 0) return { output: result.stdout, shown: chart.shown };
  throw refuse(
    `chart ${entry.name} does not render: ${excerpt(result, [[chart.folder, chart.shown]])}`,
    'Correct the values of the entry.',
  );
}

async function chartOf(
  { name, version, repo }: Entry,
  folder: string,
  globals: JsonValue,
  { ports: { files }, sources }: RenderContext,
): Promise<{ readonly folder: string; readonly shown: string } | Pick<NotFetched, 'reason' | 'next'>> {
  const home = isObject(globals) && typeof globals.chartHome === 'string' ? globals.chartHome : 'charts';
  const vendored = [...(version ? [path.join(home, `${name}-${version}`, name)] : []), path.join(home, name)];
  for (const one of vendored) {
    const inside = await files.resolveInside(folder, path.join(folder, one));
    if (inside === undefined || (await files.stat(path.join(folder, inside, 'Chart.yaml')))?.kind !== 'file') continue;
    return { folder: path.join(folder, inside), shown: inside };
  }
  const next = `Commit the chart below ${home}/, or name its \`repo\`.`;
  if (!repo || sources === undefined) return { reason: `there is no ${path.posix.join(home, name)}`, next };
  const found = await sources.chart({ url: repo, name, version: version ?? '' });
  return found.status === 'fetched' ? { folder: path.join(found.root, found.path), shown: found.path } : found;
}

/** `override` (the default): inline values win over those of the file; `merge`: the file wins; `replace`: inline ones alone. */
async function valuesOf(
  { valuesFile, additionalValuesFiles, valuesInline, valuesMerge }: Entry,
  folder: string,
  chart: string,
  workdir: string,
  { ports: { files } }: RenderContext,
  refuse: (message: string, next: string) => GateError,
): Promise<readonly string[]> {
  const read = async (name: string): Promise<string> => {
    const inside = await files.resolveInside(folder, path.join(folder, name));
    if (inside !== undefined && (await files.stat(path.join(folder, inside)))?.kind === 'file') return path.join(folder, inside);
    throw refuse(`the values file ${name} is not below the kustomization`, 'Correct `valuesFile`.');
  };
  const own = valuesFile ? [await read(valuesFile)] : [path.join(chart, 'values.yaml')];
  const more = await Promise.all((additionalValuesFiles ?? []).map(read));
  const existing = (await files.stat(own[0] ?? ''))?.kind === 'file' ? own : [];
  if (!valuesInline) return [...existing, ...more];
  const inline = path.join(workdir, 'values.yaml');
  await files.write(inline, stringifyJson(valuesInline));
  if (valuesMerge === 'replace') return [inline, ...more];
  return valuesMerge === 'merge' ? [inline, ...existing, ...more] : [...existing, inline, ...more];
}

/** The kustomization with the output as a base in the place of `helmCharts`, at the lines of all others. */
export function withoutCharts(
  text: string,
  value: JsonObject,
  folders: readonly string[],
): { readonly text: string; readonly value: JsonObject } {
  const { helmCharts: _charts, helmGlobals: _globals, ...rest } = value;
  const bases = [...(Array.isArray(rest.bases) ? rest.bases : []), ...folders];
  const lines = text.split('\n');
  const kept = lines.map((line, index) => (isBelowKey(lines, index, /^(?:helmCharts|helmGlobals):/) ? `# ${line}` : line));
  return {
    text: `${kept.join('\n')}${kept.at(-1) === '' ? '' : '\n'}${'bases' in rest ? '' : `bases: ${JSON.stringify(folders)}\n`}`,
    value: { ...rest, bases },
  };
}

/** Whether the nearest line at the left edge that begins a key has this one. */
function isBelowKey(lines: readonly string[], index: number, key: RegExp): boolean {
  for (let at = index; at >= 0; at -= 1) {
    const line = lines[at] ?? '';
    if (/^[^\s#-]/.test(line)) return key.test(line);
  }
  return false;
}
