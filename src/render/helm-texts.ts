import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import type { Files } from '../ports/ports.ts';
import type { ChartSources } from './helm-origin.ts';

type Texts = ChartSources['templates'];

export interface ChartTexts {
  /** Templates in which lines are found, by their path in the repository. */
  readonly templates: Texts;
  /** All that Helm evaluates, in which decisions are found. */
  readonly evaluated: Texts;
}

const inTemplates = /(?:^|\/)(?:templates|crds)\//;
const knownNames = /\.(?:ya?ml|tpl|txt|json)$/;

/**
 * Helm evaluates a file of `templates/` whatever its name is, and files of the chart that a template hands to `tpl`.
 * https://helm.sh/docs/howto/charts_tips_and_tricks/#using-the-tpl-function
 * Bytes that are not UTF-8 are replaced: Helm refuses them in a manifest, and reports nothing about a NOTES.txt that has them.
 */
export async function readTexts(chart: HelmChart, copy: string, files: Files): Promise<ChartTexts> {
  const all = (await files.walk(copy, () => false)).map(({ path: file }) => file);
  const read = async (file: string): Promise<readonly [string, string]> => {
    const text = new TextDecoder().decode(await files.readBytes(path.join(copy, file)));
    return [path.posix.join(chart.path, file), text];
  };
  const own = await Promise.all(all.filter((file) => inTemplates.test(file)).map(read));
  const others = handsFilesToTpl(own) ? await Promise.all(all.filter((file) => !inTemplates.test(file)).map(read)) : [];
  const toLines = (texts: readonly (readonly [string, string])[]): Texts =>
    new Map(texts.map(([file, text]) => [file, text.split('\n')]));
  return {
    templates: toLines(own.filter(([file]) => knownNames.test(file))),
    evaluated: toLines([...own, ...others.filter(([, text]) => text.includes('{{'))]),
  };
}

/** In any two templates: a helper may do one of it. */
function handsFilesToTpl(templates: readonly (readonly [string, string])[]): boolean {
  return [/\btpl\b/, /\.Files\b/].every((pattern) => templates.some(([, text]) => pattern.test(text)));
}
