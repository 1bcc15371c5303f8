import type { Environment } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { actions, defaultSeverityPolicy, type Severity, severities } from '../model/severity.ts';
import {
  type Condition,
  formatAction,
  isLooser,
  type SeverityAction,
  type SeverityPolicy,
  stricterOf,
} from '../model/severity-condition.ts';
import type { LoadedConfig } from './config-file.ts';
import type { ConfigFile } from './schema.ts';

type Written = NonNullable<ConfigFile['severity']>;
type PartialPolicy = { readonly [severity in Severity]?: SeverityAction };

/** The default policy: ours, as the configuration changes it, as the invocation tightens it. */
export function severityPolicy(loaded: LoadedConfig, flag: string | undefined): SeverityPolicy {
  const configured = overlay(defaultSeverityPolicy, parsePolicy(loaded.config.severity ?? {}));
  return flag === undefined ? configured : tighten(configured, parseFlag(flag));
}

/** Environments in the order they are written. One that would loosen the default is refused: it would read as stricter than it is. */
export function environments(loaded: LoadedConfig, base: SeverityPolicy): readonly Environment[] {
  return Object.entries(loaded.config.environments ?? {}).flatMap(([name, part]) => {
    const isShared = (...path: readonly string[]) => loaded.place(['environments', name, ...path]).file !== loaded.file;
    const own = parsePolicy(part.severity ?? {});
    const tightened: { [severity in Severity]?: SeverityAction } = {};
    for (const severity of severities) {
      const action = own[severity];
      if (action === undefined) continue;
      const loosens = isLooser(action, base[severity]);
      tightened[severity] = loosens ? stricterOf(action, base[severity]) : action;
      // An organization cannot know what a repository tightens for all of its environments.
      if (loosens && !isShared('severity', severity)) {
        const least = formatAction(base[severity]);
        throw loaded.at(
          ['environments', name, 'severity', severity],
          `\`${severity}: ${formatAction(action)}\` is looser than the default (${least})`,
          `${least} or stricter`,
        );
      }
    }
    const { paths = [], namespaces = [], labels = {}, clusters = [], projects = [] } = part;
    const match = {
      paths,
      namespaces,
      labels,
      ...(clusters.length > 0 && { clusters }),
      ...(projects.length > 0 && { projects }),
    };
    const criteria = [paths, namespaces, clusters, projects, Object.keys(labels)];
    if (criteria.every((one) => one.length === 0) && !usedByChart(loaded, name)) {
      // Not every repository has each of the organization's environments.
      if (isShared()) return [];
      throw loaded.at(
        ['environments', name],
        `nothing can belong to the environment \`${name}\``,
        '`paths`, `namespaces`, `clusters`, `projects` or `labels`, or a chart release that names it',
      );
    }
    return [{ name, match, severity: overlay(base, tightened) }];
  });
}

function usedByChart(loaded: LoadedConfig, name: string): boolean {
  return (loaded.config.helm?.charts ?? []).some((chart) =>
    (chart.releases ?? []).some((release) => release.environment === name),
  );
}

export function parsePolicy(written: Written): PartialPolicy {
  return Object.fromEntries(
    severities.flatMap((severity) => {
      const action = written[severity];
      return action === undefined ? [] : [[severity, typeof action === 'string' ? action : parseConditional(action)]];
    }),
  );
}

type WrittenConditional = Exclude<NonNullable<Written[Severity]>, string>;
type WrittenConditions = NonNullable<WrittenConditional['block']>;

function parseConditional({ block, warn, otherwise = 'warn' }: WrittenConditional): SeverityAction {
  return {
    ...(block !== undefined && { block: parseConditions(block) }),
    ...(warn !== undefined && { warn: parseConditions(warn) }),
    otherwise,
  };
}

function parseConditions(written: WrittenConditions): readonly Condition[] {
  return [written].flat().map(({ kev, epss, age, fixable, exposed }) => ({
    ...(kev && { kev }),
    ...(epss !== undefined && { epss: Number(epss.slice('>='.length)) }),
    ...(age !== undefined && { age: Number(age.slice('>'.length, -'d'.length)) }),
    ...(fixable && { fixable }),
    ...(exposed && { exposed }),
  }));
}

function overlay(base: SeverityPolicy, part: PartialPolicy): SeverityPolicy {
  return {
    critical: part.critical ?? base.critical,
    high: part.high ?? base.high,
    medium: part.medium ?? base.medium,
    low: part.low ?? base.low,
    unknown: part.unknown ?? base.unknown,
  };
}

function tighten(base: SeverityPolicy, part: PartialPolicy): SeverityPolicy {
  for (const severity of severities) {
    const action = part[severity];
    if (action !== undefined && isLooser(action, base[severity])) {
      throw flagError(
        `\`${severity}=${formatAction(action)}\` is looser than the configuration (${formatAction(base[severity])})`,
        'the same action or a stricter one, because the workflow of a change must not loosen the gate',
      );
    }
  }
  return overlay(base, part);
}

function parseFlag(flag: string): PartialPolicy {
  const part: { [severity in Severity]?: (typeof actions)[number] } = {};
  for (const pair of flag.split(/[,\s]+/).filter((text) => text !== '')) {
    const [key, value, ...rest] = pair.split(/[=:]/);
    const severity = severities.find((known) => known === key);
    const action = actions.find((known) => known === value);
    if (severity === undefined || action === undefined || rest.length > 0)
      throw flagError(
        `\`${pair}\` is not a severity with an action`,
        `for example high=block (${severities.join(', ')} = ${actions.join(', ')})`,
      );
    part[severity] = action;
  }
  return part;
}

function flagError(message: string, expected: string): GateError {
  return new GateError('INPUT_INVALID', { message: `severity: ${message}`, expected });
}
