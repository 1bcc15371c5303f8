import { isDeepStrictEqual } from 'node:util';
import { dottedSteps } from '../../model/json.ts';
import { defaultSeverityPolicy, type Severity, severities } from '../../model/severity.ts';
import { formatAction, isLooser } from '../../model/severity-condition.ts';
import type { LoadedConfig } from '../config-file.ts';
import { type ConfigFile, keySchemas } from '../schema.ts';
import { parsePolicy } from '../severity-policy.ts';
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
  if (severity !== undefined) return looserAction(shared, own, path, severity);
  if (path[0] === 'environments' && path.length <= 3 && theirs === undefined) return [];
  if (path[0] === 'engines' && path.length === 2 && theirs === false) return [];
  if (isValues(value) && isValues(theirs)) return Object.keys(value).flatMap((key) => loosened(shared, own, [...path, key]));
  if (Array.isArray(value) && Array.isArray(theirs) && isJoined(path)) {
    // More resources in an environment, more places where images are found, and more licenses that are denied.
    if (path[0] === 'environments' || name === 'images.paths' || name === 'licenses.deny') return [];
    const added = value.find((item) => !theirs.some((one) => isDeepStrictEqual(one, item)));
    return added === undefined ? [] : [different(path, `\`${name}\` adds ${JSON.stringify(added)}`)];
  }
  return isDeepStrictEqual(value, theirs) ? [] : [different(path, `\`${name}\` is not what the organization sets`)];
}

/** Conditions have no total order: what is not certainly as strict is looser. */
function looserAction(shared: OrganizationFile, own: ConfigFile, path: Path, severity: Severity): readonly Loosened[] {
  const written = (config: ConfigFile) =>
    parsePolicy((path[0] === 'severity' ? config.severity : config.environments?.[path[1] ?? '']?.severity) ?? {})[severity];
  const theirs = written(shared) ?? (path[0] === 'severity' ? defaultSeverityPolicy[severity] : undefined);
  const ours = written(own);
  if (theirs === undefined || ours === undefined || !isLooser(ours, theirs)) return [];
  const [was, now] = [theirs, ours].map(formatAction);
  return [{ path, message: `\`${path.join('.')}: ${now}\` is looser than ${was}`, expected: `${was} or stricter` }];
}

function different(path: Path, message: string): Loosened {
  return { path, message, expected: `no \`${path.join('.')}\`, or the organization’s own value` };
}
