import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import type { Sources } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { copyChart } from './helm-copy.ts';
import { lexTemplate } from './template-lexer.ts';

/** What `lookup` finds: an object with all fields that templates name, or one with metadata only, since a template may refuse unknown data. */
export type FoundObject = 'whole' | 'bare';

const call = /(?<![\w.$-])lookup\b/;

/** Whether a template calls `lookup` itself. */
export function looksUp(codes: readonly string[]): boolean {
  return codes.some((code) => call.test(code.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""')));
}

interface Given {
  readonly copy: string;
  readonly evaluated: ReadonlyMap<string, readonly string[]>;
  readonly variant: { readonly found?: FoundObject };
}

/**
 * The copy of a chart to render: another one if `lookup` is to find something. Helm finds nothing without a cluster, so what depends on it
 * would not be rendered. https://helm.sh/docs/chart_template_guide/functions_and_pipelines/#using-the-lookup-function
 */
export async function copyFor(
  chart: HelmChart,
  { copy, evaluated, variant: { found } }: Given,
  to: { readonly workspace: string; readonly target: string; readonly files: Files; readonly sources: Sources | undefined },
): Promise<string> {
  if (found === undefined) return copy;
  const { workspace, target, files, sources } = to;
  await copyChart(chart, workspace, target, { files, sources });
  const texts = [...evaluated].map(([file, lines]) => ({ file, text: lines.join('\n') }));
  const keys = found === 'bare' ? [] : namedKeys(texts.map(({ text }) => text));
  for (const { file, text } of texts) {
    const changed = withFound(text, keys, found);
    if (changed !== text) await files.write(path.join(target, path.posix.relative(chart.path, file)), changed);
  }
  return target;
}

/** Names that a template may ask an object's data for. */
function namedKeys(texts: readonly string[]): readonly string[] {
  const codes = texts.flatMap((text) => (text.includes('{{') ? lexTemplate(text).map(({ code }) => code) : []));
  const names = codes.flatMap((code) =>
    [...code.matchAll(/["`]([\w.-]{1,60})["`]|\.data\.(\w+)/g)].map(([, text, field]) => text ?? field ?? ''),
  );
  return [...new Set(names)].slice(0, 500);
}

/** `lookup` takes four arguments. `dict` takes them as two more pairs, so that a pipeline and parentheses keep their meaning. */
export function withFound(text: string, keys: readonly string[], found: FoundObject): string {
  const metadata = '(dict "name" "k8s-gate" "namespace" "k8s-gate" "uid" "0" "labels" (dict) "annotations" (dict))';
  const data = `(fromJson \`${JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'azhzLWdhdGU='])))}\`)`;
  const fields = found === 'bare' ? '' : ` "data" ${data} "spec" (dict) "status" (dict)`;
  const object = `"metadata" ${metadata}${fields}`;
  const stub = `dict ${object} "items" (list (dict ${object}))`;
  return lexTemplate(text)
    .map(({ kind, start, end }) => {
      const part = text.slice(start, end);
      if (kind === 'text' || part.includes('/*') || !call.test(part)) return part;
      return part.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|(?<![\w.$-])lookup\b/g, (one) => (one === 'lookup' ? stub : one));
    })
    .join('');
}
