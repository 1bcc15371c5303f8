import { isDeepStrictEqual } from 'node:util';
import { dottedSteps } from '../../model/json.ts';
import { compareAction, defaultSeverityPolicy, severities } from '../../model/severity.ts';
import type { LoadedConfig } from '../config-file.ts';
import { type ConfigFile, keySchemas } from '../schema.ts';
import { isJoined, isValues, valueAt } from './merge.ts';
import { type OrganizationFile, ofOrganization, ofRepository } from './schema.ts';

type Path = readonly string[];

/** Where the repository's configuration would loosen a final setting. */
interface Loosened {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
}

type Shared = LoadedConfig & { readonly config: OrganizationFile };

/** Refuses what loosens a setting that the organization marks as final. Throws GateError CONFIG_INVALID, at the line of whoever is wrong. */
export function requireFinal(shared: Shared, own: LoadedConfig): void {
  for (const [index, name] of (shared.config.final ?? []).entries()) {
    const path = dottedSteps(name);
    const set = isSet(path, shared.config);
    if (!set)
      throw shared.at(
        ['final', index],
        `\`final\` contains ${name}, which this file does not set`,
        'a key of this file, such as `severity` or `engines.kyverno`',
      );
    const [first] = [...replaced(path, own.config), ...loosened(shared.config, own.config, path)];
    if (first === undefined) continue;
    const { file, line } = shared.place(valueAt(shared.config, path) === undefined ? ['final', index] : path);
    const where = `${file}:${line}`;
    throw own.at(first.path, `${first.message}, and \`${name}\` is final for the organization (${where})`, first.expected);
  }
}

/** The default of a whole key can be final, too. */
function isSet(path: Path, config: OrganizationFile): boolean {
  const [key = ''] = path;
  if (['version', ...ofOrganization].includes(key)) return false;
  return (
    valueAt(config, path) !== undefined || (path.length === 1 && Object.hasOwn(keySchemas(), key) && !ofRepository.includes(key))
  );
}

/** `engines.cel: false` replaces all that the organization sets below it. */
function replaced(path: Path, own: ConfigFile): readonly Loosened[] {
  for (let length = 1; length < path.length; length += 1) {
    const above = path.slice(0, length);
    const value = valueAt(own, above);
    if (value === undefined) return [];
    if (!isValues(value))
      return [{ path: above, message: `\`${above.join('.')}\` replaces it`, expected: `no \`${above.join('.')}\`` }];
  }
  return [];
}

/** Values that are stricter than any other. */
const strictest = new Map<string, unknown>([
  ['onlyNew', false],
  ['expectManifests', true],
  ['sandbox', 'strict'],
  ['sources.offline', false],
]);

function loosened(shared: OrganizationFile, own: ConfigFile, path: Path): readonly Loosened[] {
  const [value, theirs] = [valueAt(own, path), valueAt(shared, path)];
  const name = path.join('.');
  // Policies of both apply.
  if (value === undefined || name === 'policies' || strictest.get(name) === value) return [];
  if (name === 'severity' && isValues(value)) return Object.keys(value).flatMap((key) => loosened(shared, own, [...path, key]));
  const severity = severities.find((one) => path.at(-2) === 'severity' && one === path.at(-1));
  if (severity !== undefined) return looserAction(shared, value, path, severity);
  if (path[0] === 'environments' && path.length <= 3 && theirs === undefined) return [];
  if (path[0] === 'engines' && path.length === 2 && theirs === false) return [];
  if (isValues(value) && isValues(theirs)) return Object.keys(value).flatMap((key) => loosened(shared, own, [...path, key]));
  if (Array.isArray(value) && Array.isArray(theirs) && isJoined(path)) {
    // More resources in an environment, and more places where images are found.
    if (path[0] === 'environments' || name === 'images.paths') return [];
    const added = value.find((item) => !theirs.some((one) => isDeepStrictEqual(one, item)));
    return added === undefined ? [] : [different(path, `\`${name}\` adds ${JSON.stringify(added)}`)];
  }
  return isDeepStrictEqual(value, theirs) ? [] : [different(path, `\`${name}\` is not what the organization sets`)];
}

function looserAction(
  shared: OrganizationFile,
  value: unknown,
  path: Path,
  severity: (typeof severities)[number],
): readonly Loosened[] {
  const set = valueAt(shared, path);
  const theirs = actionOf(set) ?? (path.length === 2 ? defaultSeverityPolicy[severity] : undefined);
  const ours = actionOf(value);
  if (theirs === undefined || ours === undefined || compareAction(ours, theirs) <= 0) return [];
  return [{ path, message: `\`${path.join('.')}: ${ours}\` is looser than ${theirs}`, expected: `${theirs} or stricter` }];
}

function actionOf(value: unknown) {
  return value === 'block' || value === 'warn' || value === 'allow' ? value : undefined;
}

function different(path: Path, message: string): Loosened {
  return { path, message, expected: `no \`${path.join('.')}\`, or the organization’s own value` };
}
