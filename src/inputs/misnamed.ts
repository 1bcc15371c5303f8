import path from 'node:path';
import { attempt } from '../model/attempt.ts';
import { GateError } from '../model/gate-error.ts';
import { isObject } from '../model/json.ts';
import { nearest } from '../model/nearest.ts';
import type { Ports } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { baselineFileName } from './baseline/load.ts';
import { configKeys } from './options/table.ts';
import { waiversFileName } from './waivers/ledger.ts';

/** Where people put configuration, in addition to the root: files directly in these folders are looked at. */
const folders = new Set(['.github', '.config', 'config', '.ci', 'ci', '.k8s-gate']);
const ownFolder = '.k8s-gate/';

interface Misnamed {
  readonly file: string;
  /** The name that is read. */
  readonly wanted: string;
  readonly what: string;
}

export interface NamesRead {
  /** As the run reads it. */
  readonly configFile: string;
  /** A file that was named on purpose is the only configuration. */
  readonly configNamed: boolean;
  /** As the configuration names them. */
  readonly policies: readonly string[];
}

/**
 * A file that is nearly named like one of the gate's own would be ignored, and the gate would judge by its defaults: CONFIG_INVALID.
 * @param trusted Where settings are read. A file that the change removes or renames (`workspace` no longer has it) is no longer an error.
 */
export async function refuseMisnamed(
  { trusted, workspace }: { readonly trusted: string; readonly workspace: string },
  names: NamesRead,
  { files }: Pick<Ports, 'files'>,
): Promise<void> {
  if ((await files.stat(trusted))?.kind !== 'folder') return;
  const listed = await files.walk(trusted, (folder) => !folders.has(folder) && !isPolicyFolder(folder));
  for (const { path: file, kind } of listed) {
    const found = misnamed(file, names);
    if (found === undefined) continue;
    if (trusted !== workspace && (await files.stat(path.join(workspace, file))) === undefined) continue;
    const isMeant = found.what !== 'configuration' || kind !== 'file' || (await isConfiguration(path.join(trusted, file), files));
    if (!isMeant) continue;
    throw new GateError('CONFIG_INVALID', {
      file,
      line: 1,
      message: `this file is not read: the ${found.what} of the gate is \`${found.wanted}\``,
      expected: `\`${found.wanted}\``,
      next: listed.some((other) => other.path === found.wanted)
        ? `Move its content to ${found.wanted} and remove it.`
        : `Rename it: git mv ${file} ${found.wanted}`,
    });
  }
}

function misnamed(file: string, { configFile, configNamed, policies }: NamesRead): Misnamed | undefined {
  if (file === configFile || file === waiversFileName || file === baselineFileName) return undefined;
  const inOwnFolder = file.startsWith(ownFolder);
  const stem = stemOf(path.posix.basename(file));
  const folder = path.posix.dirname(file);
  if (isPolicyFolder(folder)) {
    if (policies.some((pattern) => covers(pattern, folder)) || !/\.(?:ya?ml|json|rego)$/i.test(file)) return undefined;
    return { file, wanted: `${ownFolder}policies/${path.posix.basename(file)}`, what: 'place of a policy' };
  }
  const waiverStems = inOwnFolder ? ['waivers', 'waiver', 'waived'] : ['k8sgatewaivers', 'k8sgatewaiver'];
  if (waiverStems.includes(stem)) return { file, wanted: waiversFileName, what: 'list of waivers' };
  if (inOwnFolder && ['baseline', 'baselines'].includes(stem)) return { file, wanted: baselineFileName, what: 'baseline' };
  if (configNamed || !isSettingsFile(file)) return undefined;
  const configStems = inOwnFolder ? ['k8sgate', 'config', 'configuration', 'settings'] : ['k8sgate'];
  const near = configStems.includes(stem) || configStems.includes(stem.replace(/(?:config|configuration|conf|rc)$/, ''));
  return near || nearest(stem, ['k8sgate']) !== undefined ? { file, wanted: configFile, what: 'configuration' } : undefined;
}

/** What `.k8s-gate/policies` is easily called instead. */
function isPolicyFolder(folder: string): boolean {
  return /^\.k8s-gate\/(?:policy|polices|polocies|rules|rego|cel|kyverno|opa)$/i.test(folder);
}

/** In doubt, as with a glob, it does: a pattern that matches nothing is an error of its own. */
function covers(pattern: string, folder: string): boolean {
  const bare = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  return bare === '.' || /[*?[{(!]/.test(bare) || `${folder}/`.startsWith(`${bare}/`) || bare.startsWith(`${folder}/`);
}

const settingsFile = /(?:\.(?:ya?ml|json[c5]?|toml|conf|cfg|ini))+$/i;

/** A name without an ending is one, too: `.k8s-gate`. */
function isSettingsFile(file: string): boolean {
  return settingsFile.test(file) || !/[^.]\./.test(path.posix.basename(file));
}

/** A name without its ending, case and punctuation: `.K8s_gate.yml` is `k8sgate`. */
function stemOf(name: string): string {
  return name
    .replace(settingsFile, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/**
 * Whether a file with such a name is meant as configuration. Under the very name, all but a manifest and the gate's own JSON report is,
 * however broken; under a name with a typo in it (`k8s-gats.yaml`, but `k8s-data.yaml` too), what has the keys of a configuration.
 */
async function isConfiguration(file: string, files: Ports['files']): Promise<boolean> {
  const text = await files.readText(file).catch(() => '');
  const value = attempt(() => parseYaml({ file, text, errorCode: 'CONFIG_INVALID' })[0]?.value);
  const name = path.basename(file);
  if (isObject(value) && 'apiVersion' in value && 'kind' in value) return false;
  if (/\.(?!json)[a-z]+$/i.test(name) && /^k8sgate(?:config|configuration|conf|rc)?$/.test(stemOf(name))) return true;
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => configKeys.some(({ name }) => name === key));
}
