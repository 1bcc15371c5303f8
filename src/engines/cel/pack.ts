import path from 'node:path';
import { GateError, type GateErrorDetails } from '../../model/gate-error.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { memoize, memoizeByObject } from '../../model/memoize.ts';
import { nearest } from '../../model/nearest.ts';
import type { Files } from '../../ports/ports.ts';
import { loadPack, type PolicyText } from './load.ts';
import type { CelOptions } from './options.ts';
import { withDocuments } from './parsed-pack.ts';
import { type CelPolicy, compileLazily, withParams } from './policy.ts';

/** The place in messages; not a path of the repository. */
const packPrefix = 'k8s-gate:policies/';

/** The texts of all policies that k8s-gate ships, read once in a run: for the head, the base and the settings. */
export function readPackTexts(files: Files, gateRoot: string): Promise<readonly PolicyText[]> {
  return packsOf(files)(gateRoot);
}
const packsOf = memoizeByObject((files: Files) => memoize((gateRoot) => readPack(files, gateRoot)));

async function readPack(files: Files, gateRoot: string): Promise<readonly PolicyText[]> {
  const folder = path.join(gateRoot, 'policies');
  const entries = (await files.walk(folder, () => false)).filter((entry) => entry.kind === 'file' && /\.ya?ml$/.test(entry.path));
  const texts = await Promise.all(
    // Files directly in the folder configure other parts (severity.yaml); policies are in a folder for each topic.
    entries
      .filter((entry) => entry.path.includes('/'))
      .map(async (entry) => ({ path: `${packPrefix}${entry.path}`, text: await files.readText(path.join(folder, entry.path)) })),
  );
  return withDocuments(texts, files, gateRoot);
}

/** Head and base are evaluated by the same pack, which takes a while to compile. */
const loadLazily = memoizeByObject((texts: readonly PolicyText[]) => loadPack(texts, compileLazily));

/** Every policy of these texts. A pack without any is a broken installation, never a pass. */
export function parsePack(texts: readonly PolicyText[]): readonly CelPolicy[] {
  const policies = loadLazily(texts);
  if (policies.length > 0) return policies;
  throw new GateError('ENGINE_COVERAGE', {
    message: 'the folder `policies` of this installation has no policies',
    next: 'Reinstall k8s-gate, or set `engines.cel.pack: false`.',
  });
}

export interface Chosen {
  readonly policies: readonly CelPolicy[];
  readonly notes: readonly string[];
}

/** The policies of the pack that are enabled, with their parameters. Throws CONFIG_INVALID for a name or parameter that the pack does not have. */
export function choose(pack: readonly CelPolicy[], given: CelOptions): Chosen {
  const options = withoutPrefix(given);
  const names = pack.map((policy) => policy.name);
  for (const key of ['enable', 'disable'] as const) {
    for (const [index, name] of options[key].entries()) {
      const setting = { path: ['engines', 'cel', key, index], text: given[key][index] ?? name };
      requireKnown(name, names, `engines.cel.${key}`, 'policy of the pack', setting);
    }
  }
  const both = options.enable.find((name) => options.disable.includes(name));
  if (both !== undefined)
    throw invalid({ message: `engines.cel both enables and disables ${both}`, next: 'Remove one of them.' });
  for (const [name, params] of Object.entries(options.params)) {
    const written = Object.keys(given.params).find((key) => bareName(key) === name) ?? name;
    const path = ['engines', 'cel', 'params', written];
    requireKnown(name, names, 'engines.cel.params', 'policy of the pack', { path });
    const keys = pack.filter((policy) => policy.name === name).flatMap(paramKeys);
    for (const key of Object.keys(params))
      requireKnown(key, keys, `engines.cel.params.${name}`, 'parameter of that policy', { path: [...path, key] });
  }
  const isOn = (policy: CelPolicy) =>
    !options.disable.includes(policy.name) && (!policy.notes.optIn || options.enable.includes(policy.name));
  const off = pack.filter((policy) => !isOn(policy));
  return {
    policies: pack.filter(isOn).map((policy) => withParams(policy, options.params[policy.name] ?? {})),
    notes:
      off.length === 0
        ? []
        : [`${off.length} of ${pack.length} shipped policies are off: ${off.map((policy) => policy.name).join(', ')}`],
  };
}

/** Reports name a policy `cel/privileged`, which is what people copy. */
export function bareName(name: string): string {
  return name.replace(/^cel\//, '');
}

function withoutPrefix({ enable, disable, params, ...rest }: CelOptions): CelOptions {
  return {
    ...rest,
    enable: enable.map(bareName),
    disable: disable.map(bareName),
    params: Object.fromEntries(Object.entries(params).map(([name, values]) => [bareName(name), values])),
  };
}

function paramKeys(policy: CelPolicy): readonly string[] {
  return policy.bindings.flatMap(({ params }) => params.flatMap(({ object }) => Object.keys(dataOf(object))));
}

function dataOf({ data }: JsonObject): JsonObject {
  return isObject(data) ? data : {};
}

function requireKnown(
  name: string,
  known: readonly string[],
  where: string,
  what: string,
  setting: NonNullable<GateErrorDetails['setting']>,
): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  throw invalid({
    message: `${where} names ${name}, which is not a ${what}`,
    setting,
    expected: meant === undefined ? `one of ${known.length === 0 ? 'none' : known.join(', ')}` : `perhaps ${meant}`,
    next: 'Correct the name, so that the setting has an effect.',
  });
}

function invalid(details: GateErrorDetails): GateError {
  return new GateError('CONFIG_INVALID', details);
}
