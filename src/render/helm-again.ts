import path from 'node:path';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import { copyChart } from './helm-copy.ts';
import { isCrdFile } from './helm-origin.ts';
import type { Identity } from './objects.ts';
import type { Release } from './provenance.ts';
import { runTool } from './run-tool.ts';
import { stableName, stableObject } from './stable-values.ts';
import { mayBeRandom, withoutClock } from './template-randomness.ts';
import { isTestOnly } from './test-hooks.ts';

/** What another rendering of a release shows of its resources. */
export interface ReleaseMarks {
  of(document: YamlDocument, at: FieldPath, identity: Identity): Pick<Resource, 'stableName' | 'stableObject' | 'testHook'>;
}

/**
 * Renders a release once more where that can show something: what templates make at random, and what Helm itself leaves out as a test. A
 * rendering that fails shows nothing: names then count as they are, and tests as any other resource.
 */
export async function markRelease(documents: readonly YamlDocument[], release: Release): Promise<ReleaseMarks> {
  const { config, context } = release;
  const { files } = context.ports;
  const names = (await files.walk(release.copy, () => false)).map((file) => file.path);
  const hasArchives = names.some((name) => name.endsWith('.tgz'));
  const run = async (args: readonly string[]): Promise<readonly YamlDocument[] | undefined> => {
    try {
      // Not a rendering that is kept: what is random would be the same.
      const { exitCode, stdout } = await runTool('helm', args, release.workdir, context, config.sandbox);
      return exitCode === 0 ? parseYaml({ file: 'output', text: stdout }) : undefined;
    } catch {
      return undefined;
    }
  };
  const again = hasArchives || (await mayRandomize(release, names, files)) ? await renderAgain(release, run) : undefined;
  const others = pairs(documents, again);
  // Files below crds/ are installed regardless of their annotations.
  const mayHoldCrds = hasArchives || names.some((name) => /(?:^|\/)crds\//i.test(name));
  const tests = new Set(documents.filter(({ value }) => isTestOnly(value)));
  if (tests.size > 0 && mayHoldCrds) keepLeftOut(tests, await run([...release.args(release.copy), '--skip-tests']));
  return {
    of(document, at, { name, object }) {
      const other = valueAt(others.get(document), at);
      const testHook = at.length === 0 && tests.has(document) ? { testHook: true } : {};
      if (!isObject(other)) return testHook;
      const { metadata } = other;
      const otherName = isObject(metadata) ? (metadata.name ?? metadata.generateName) : undefined;
      const stable = typeof otherName === 'string' && otherName !== name ? { stableName: stableName(name, otherName) } : {};
      return { ...stable, stableObject: stableObject(object, other), ...testHook };
    },
  };
}

/** A value or a file may be a template, too, which `tpl` evaluates. */
async function mayRandomize(
  { templates, values, copy, chart }: Release,
  names: readonly string[],
  files: Files,
): Promise<boolean> {
  const known = [...[...templates.values()].map((lines) => lines.join('\n')), ...values.map(({ text }) => text)];
  if (mayBeRandom(known)) return true;
  for (const name of names) {
    if (templates.has(path.posix.join(chart.path, name)) || isCrdFile(name)) continue;
    const text = await files.readText(path.join(copy, name)).catch(() => '');
    if (mayBeRandom([text])) return true;
  }
  return false;
}

/** From a copy with another fixed time, if a template asks for the time: two renderings may fall into the same second. */
async function renderAgain(
  { chart, workdir, templates, copy, args, config, context }: Release,
  run: (args: readonly string[]) => Promise<readonly YamlDocument[] | undefined>,
): Promise<readonly YamlDocument[] | undefined> {
  const { files } = context.ports;
  const changed = [...templates].flatMap(([file, lines]) => {
    const text = lines.join('\n');
    const other = withoutClock(text);
    return other === text ? [] : [{ file, text: other }];
  });
  if (changed.length === 0) return run(args(copy));
  const target = path.join(workdir, 'clock');
  await copyChart(chart, config.workspace, target, { files, sources: context.sources });
  for (const { file, text } of changed) await files.write(path.join(target, path.posix.relative(chart.path, file)), text);
  return (await run(args(target))) ?? run(args(copy));
}

/** Document by document, where both renderings have the same ones; those that differ. */
function pairs(
  documents: readonly YamlDocument[],
  again: readonly YamlDocument[] | undefined,
): ReadonlyMap<YamlDocument, JsonValue> {
  if (again?.length !== documents.length) return new Map();
  const found = documents.map((document, index) => ({ document, other: again[index]?.value ?? null }));
  if (!found.every(({ document, other }) => kindOf(document.value) === kindOf(other))) return new Map();
  const differing = found.filter(({ document, other }) => stringifyJson(document.value) !== stringifyJson(other));
  return new Map(differing.map(({ document, other }) => [document, other]));
}

function kindOf(value: JsonValue): string {
  return isObject(value) ? stringifyJson([value.apiVersion ?? null, value.kind ?? null]) : '';
}

/** Removes what Helm does not leave out with its tests. */
function keepLeftOut(tests: Set<YamlDocument>, without: readonly YamlDocument[] | undefined): void {
  const left = new Set((without ?? []).map(({ value }) => stringifyJson(value)));
  for (const test of tests) if (without === undefined || left.has(stringifyJson(test.value))) tests.delete(test);
}
