import { isDeepStrictEqual } from 'node:util';
import type { GateConfig } from '../../model/config.ts';
import type { LicenseEntry } from '../../model/license-policy.ts';
import { defaultRisk, riskNames, riskTitles } from '../../model/risk.ts';
import type { RuleSeverity } from '../../model/rule-severities.ts';
import { compareSeverity, severities } from '../../model/severity.ts';
import { formatAction, isLooser, type SeverityPolicy } from '../../model/severity-condition.ts';
import type { Loosening, Loosens } from './option.ts';

/** Rules for what a changed option lets pass. If old and new value have no order, the difference itself is reported. */

type ListKey = 'paths' | 'policies' | 'kustomizations' | 'exclude' | 'generated';

/** Less is covered than before. `.` covers everything. */
export function shrinks(key: ListKey): Loosens {
  return ({ config: was }, { config: now }) =>
    now[key].includes('.') ? [] : without(was[key], now[key]).map((item) => ({ title: `\`${key}\` loses ${item}` }));
}

export function grows(key: ListKey, why = ''): Loosens {
  return ({ config: was }, { config: now }) =>
    without(now[key], was[key]).map((item) => ({ title: `\`${key}\` gains ${item}${why}` }));
}

/** From `was` on, or whatever it was before, it becomes `now`. */
export function becomes<K extends 'expectManifests' | 'onlyNew' | 'sandbox'>(key: K, now: GateConfig[K], title: string): Loosens {
  return (before, after) => (before.config[key] !== now && after.config[key] === now ? [{ title }] : []);
}

export function differs(part: (config: GateConfig) => unknown, title: string): Loosens {
  return (was, now) => (isDeepStrictEqual(part(was.config), part(now.config)) ? [] : [{ title }]);
}

/** What it loosens itself is found in the merged settings. The bundle of another commit may also be one that nobody has reviewed. */
export const extendsLoosen: Loosens = ({ config: { organization: was } }, { config: { organization: now } }) => {
  if (was === undefined || was.address === now?.address) return [];
  if (now === undefined) return [{ title: `the settings of ${was.address} are no longer extended` }];
  return [{ rule: 'extends-changed', title: `\`extends\` goes from ${was.address} to ${now.address}` }];
};

export const severityLoosens: Loosens = (was, now) =>
  looser(was.config.severity, now.config.severity).map((text) => ({ title: `severity: ${text}` }));

/**
 * How severe a rule is by its engine is only known by a run, so only `critical` is never looser, where nothing is treated more strictly. Without
 * `low`, what another entry or the engine has counts, which is at least that.
 */
export const rulesLoosen: Loosens = ({ config: { rules: was = [] } }, { config }) => {
  const { rules: now = [] } = config;
  const policies = [config.severity, ...config.environments.map((environment) => environment.severity)];
  const strictest = policies.every((policy) => severities.every((severity) => !isLooser(policy.critical, policy[severity])));
  const nameOf = ({ engine, rule }: RuleSeverity): string => `${engine}/${rule}`;
  const same = (rules: readonly RuleSeverity[], name: string) => rules.find((entry) => nameOf(entry) === name)?.severity;
  const lowered = now.flatMap((entry) => {
    const [name, before] = [nameOf(entry), same(was, nameOf(entry))];
    const isRaised = entry.severity === 'critical' || (before !== undefined && compareSeverity(entry.severity, before) < 0);
    const stays = entry.severity === before || (isRaised && strictest);
    const from = before === undefined ? '' : ` from ${before}`;
    return stays ? [] : [{ title: `rules: the severity of ${name} changes${from} to ${entry.severity}`, at: [name] }];
  });
  const removed = was.filter((entry) => entry.severity !== 'low' && same(now, nameOf(entry)) === undefined);
  return [
    ...lowered,
    ...removed.map((entry) => ({ title: `rules: ${nameOf(entry)} is no longer ${entry.severity} by configuration` })),
  ];
};

export const environmentsLoosen: Loosens = (was, now) =>
  was.config.environments.flatMap(({ name, severity, match }): readonly Loosening[] => {
    const same = now.config.environments.find((environment) => environment.name === name);
    if (same === undefined) return [{ title: `the environment ${name} is removed`, at: [name] }];
    return [
      ...looser(severity, same.severity).map((text) => ({ title: `severity of ${name}: ${text}`, at: [name] })),
      ...(isDeepStrictEqual(match, same.match) ? [] : [{ title: `what belongs to ${name} changes`, at: [name] }]),
    ];
  });

const placesDiffer = differs(({ images: { paths, sources } }) => ({ paths, sources }), 'where images are found changes');

export const imagesLoosen: Loosens = (was, now) => [
  ...placesDiffer(was, now),
  ...without(now.config.images.privateRegistries, was.config.images.privateRegistries).map((host) => ({
    title: `\`images.privateRegistries\` gains ${host}`,
    at: ['privateRegistries'],
  })),
];

const mirrorsDiffer = differs(({ sources: { mirrors } }) => mirrors, 'where charts and bases are fetched from changes');

export const sourcesLoosen: Loosens = (was, now) => [
  ...without(now.config.sources.allow, was.config.sources.allow).map((host) => ({
    title: `\`sources.allow\` gains ${host}`,
    at: ['allow'],
  })),
  ...mirrorsDiffer(was, now).map(({ title }) => ({ title, at: ['mirrors'] })),
  ...(now.config.sources.offline && !was.config.sources.offline
    ? [{ title: 'charts and bases that are not in the cache are no longer fetched', at: ['offline'] }]
    : []),
];

/** What is added to `deny`, and removed from `allow`, is stricter. */
export const licensesLoosen: Loosens = ({ config: { licenses: was } }, { config }) => {
  const { licenses: now } = config;
  if (was === undefined) return [];
  if (now === undefined) return [{ title: 'licenses of packages are no longer evaluated' }];
  const isNew = (entry: LicenseEntry, old: readonly LicenseEntry[]) => !old.some((other) => isDeepStrictEqual(entry, other));
  const lost = was.deny.filter((entry) => isNew(entry, now.deny));
  const gained = (now.allow ?? []).filter((entry) => (was.allow === undefined ? isException(entry) : isNew(entry, was.allow)));
  const policies = [config.severity, ...config.environments.map((environment) => environment.severity)];
  return [
    ...lost.map((entry) => ({ title: `\`licenses.deny\` loses ${nameOfEntry(entry)}`, at: ['deny'] })),
    ...gained.map((entry) => ({ title: `\`licenses.allow\` gains ${nameOfEntry(entry)}`, at: ['allow'] })),
    ...(was.allow !== undefined && now.allow === undefined
      ? [{ title: '`licenses.allow` is removed: every license that is not denied is allowed' }]
      : []),
    ...(policies.some((policy) => isLooser(policy[now.unknown], policy[was.unknown]))
      ? [{ title: `licenses: the severity of unknown ones goes from ${was.unknown} to ${now.unknown}`, at: ['unknown'] }]
      : []),
  ];
};

/** It may allow what is denied, or unknown, without it. */
function isException(entry: LicenseEntry): boolean {
  return typeof entry !== 'string' || /\sWITH\s|^LicenseRef-|[*?]/i.test(entry);
}

function nameOfEntry(entry: LicenseEntry): string {
  return typeof entry === 'string' ? entry : `the name ${JSON.stringify(entry.name)}`;
}

/** Also a shorter maximum age is a difference: nothing that is not known is treated more laxly, so it only asks for a review. */
export const riskLoosens: Loosens = ({ config: was }, { config: now }) =>
  riskNames
    .filter(
      (name) => !isDeepStrictEqual(was.risk?.sources[name] ?? defaultRisk[name], now.risk?.sources[name] ?? defaultRisk[name]),
    )
    .map((name) => ({ title: `where ${riskTitles[name]} come from, or how old they may be, changes`, at: [name] }));

/** Switching an engine on cannot loosen anything, nor can other options of one that knows that they are stricter. */
export const enginesLoosen: Loosens = ({ engines: was }, { engines: now, tightens }) =>
  [...new Set([...Object.keys(was), ...Object.keys(now)])]
    .filter((name) => !isDeepStrictEqual(was[name], now[name]))
    .filter((name) => now[name] !== true && !(was[name] === false && now[name] === undefined))
    .filter((name) => now[name] === false || tightens?.(name, optionsOf(was[name]), optionsOf(now[name])) !== true)
    .map((name) => ({ title: `the settings of the engine ${name} change`, at: [name] }));

/** `true`, `false` or nothing instead of options. */
function optionsOf(written: unknown): unknown {
  return typeof written === 'object' ? written : {};
}

function looser(was: SeverityPolicy, now: SeverityPolicy): readonly string[] {
  return severities
    .filter((severity) => isLooser(now[severity], was[severity]))
    .map((severity) => `${severity} goes from ${formatAction(was[severity])} to ${formatAction(now[severity])}`);
}

function without(all: readonly string[], left: readonly string[]): readonly string[] {
  return all.filter((item) => !left.includes(item));
}
