import { baselineFileName } from '../inputs/baseline/load.ts';
import type { LoadedConfig } from '../inputs/config-file.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Side } from '../inputs/options/option.ts';
import { configKeys } from '../inputs/options/table.ts';
import { waiversFileName } from '../inputs/waivers/ledger.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineFinding } from '../model/finding.ts';
import { groupBy } from '../model/group.ts';
import type { PolicyFile } from '../model/policy.ts';
import { severityCounts } from '../model/severity.ts';
import type { Waiver, WaiverSet } from '../model/waiver.ts';

/** One side: how the gate is configured by the base, or would be by the change. */
export interface Settings {
  readonly loaded: LoadedConfig;
  readonly config: GateConfig;
  readonly engines?: Inputs['engines'];
  readonly policies: readonly PolicyFile[];
  readonly waivers: WaiverSet;
  /** Entries of the baseline file. */
  readonly accepted?: readonly BaselineEntry[];
  /** Of the base: it has no configuration, and the change adds one. */
  readonly first?: Inputs['first'];
}

interface Found {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** Less strict than the defaults, which nobody has chosen: a warning. */
  readonly isFirst?: boolean;
}

/**
 * What a change would loosen of the gate once it is merged. It is not in force for the change itself; these findings tell its reviewers.
 * If old and new have no order (another policy text, other engine options), the difference itself is reported.
 */
export function weakenings(base: Settings, head: Settings): readonly EngineFinding[] {
  return [
    ...configuration(base, head),
    ...policyFiles(base, head),
    ...waivers(base.waivers, head.waivers),
    ...baseline(base.accepted ?? [], head.accepted ?? []),
  ].map(toFinding);
}

/** A configuration, waivers file or policy of the change that the gate could not read once it is merged. */
export function unreadable(file: string, line: number, message: string): EngineFinding {
  return toFinding({ rule: 'config-broken', file, line, title: `once merged, the configuration would be invalid: ${message}` });
}

/** A file that the settings of an engine name: its old and new content have no order. */
export function fileChanged(engine: string, file: string, what: 'changes' | 'is removed'): EngineFinding {
  return toFinding({
    rule: 'config-loosened',
    file,
    line: 1,
    title: `the file ${file}, which \`engines.${engine}\` names, ${what}`,
  });
}

function toFinding({ rule, file, line, title, isFirst = false }: Found): EngineFinding {
  const added = details[rule];
  const moved = rule === 'extends-changed';
  return {
    engine: 'gate',
    rule,
    category: 'policy',
    title,
    detail:
      added ??
      (isFirst
        ? 'The base has no configuration, so the defaults apply to this change. Once it is merged, the gate allows more than the defaults.'
        : 'This change is still evaluated with the settings of the base commit. Once it is merged, the gate allows more.'),
    severity: added !== undefined || moved || isFirst ? 'high' : 'critical',
    subject: { kind: 'file', location: { file, line, precision: 'field' } },
    fix: {
      text: isFirst
        ? 'Check that this is what the repository needs; it does not block the change that adds the configuration.'
        : 'Remove it from this change, or ask the owner of the gate for a waiver on the base branch.',
    },
  };
}

const details: Readonly<Record<string, string>> = {
  'waiver-added': 'The waiver does not apply to this change. It takes effect once it is merged.',
  'baseline-added': 'The entries do not apply to this change. Once they are merged, these findings neither block nor warn.',
};

/** One finding for all of them: the file is generated, and the first one has hundreds. */
function baseline(was: readonly BaselineEntry[], now: readonly BaselineEntry[]): readonly Found[] {
  const known = groupBy(was, keyOf);
  const added = now.filter((entry) => {
    const same = known.get(keyOf(entry)) ?? [];
    const at = same.findIndex((old) => lastDay(entry) <= lastDay(old));
    if (at >= 0) same.splice(at, 1);
    return at < 0;
  });
  const [first] = added;
  if (first === undefined) return [];
  const counts = severityCounts(added);
  const findings = `${added.length} ${added.length === 1 ? 'finding' : 'findings'}`;
  const title = `the baseline accepts ${findings} that it did not accept before (${counts.join(', ')}), the first: ${first.rule} ${first.resources.join(', ')}`;
  return [{ rule: 'baseline-added', file: baselineFileName, line: first.line, title }];
}

function keyOf({ rule, severity, resources, environments, fingerprints }: BaselineEntry): string {
  return JSON.stringify([rule, severity, resources, environments, fingerprints]);
}

function lastDay({ expires = '9999-12-31' }: BaselineEntry): string {
  return expires;
}

/** By the rule that each option of the configuration has in the table. */
function configuration(base: Settings, head: Settings): readonly Found[] {
  const [was, now] = [sideOf(base), sideOf(head)];
  return configKeys.flatMap(({ name, loosens }) =>
    loosens === 'never'
      ? []
      : loosens(was, now).map(({ title, rule = 'config-loosened', at = [] }) => {
          const line = head.loaded.own([name, ...at]);
          return { rule, file: head.loaded.file, line, title, isFirst: base.first !== undefined };
        }),
  );
}

function sideOf({ config, loaded, engines = [] }: Settings): Side {
  return {
    config,
    engines: loaded.config.engines ?? {},
    tightens: (name, was, now) => engines.find(({ id }) => id === name)?.settings?.tightens(was, now) === true,
  };
}

function policyFiles(base: Settings, head: Settings): readonly Found[] {
  const now = new Map(head.policies.map((policy) => [nameIn(policy, head), policy]));
  return base.policies.flatMap((policy) => {
    const name = nameIn(policy, base);
    const same = now.get(name);
    if (same?.text === policy.text) return [];
    const rule = same === undefined ? 'policy-removed' : 'policy-changed';
    const change = same === undefined ? 'is removed' : 'changes';
    if (name === policy.file) return [{ rule, file: policy.file, line: 1, title: `a policy ${change}` }];
    const at = { file: head.loaded.file, line: head.loaded.own(['extends']) };
    return [{ rule, ...at, title: `the policy ${policy.file} of the organization ${change}` }];
  });
}

/** A policy of the organization has the same name in every bundle. */
function nameIn({ file }: PolicyFile, { config: { organization } }: Settings): string {
  if (organization?.isFetched !== true || !file.startsWith(`${organization.shown}/`)) return file;
  return `organization: ${file.slice(organization.shown.length + 1)}`;
}

function waivers({ waivers: was, selfWaiver: before }: WaiverSet, { waivers: now, selfWaiver }: WaiverSet): readonly Found[] {
  const key = ({ rule, target, expires, environments, source, component, aliases, owner, pairs }: Waiver) =>
    JSON.stringify([rule, target, pairs, expires, environments ?? null, source, component ?? null, aliases ?? null, owner]);
  const known = new Set(was.map(key));
  const self = { rule: 'config-loosened', file: waiversFileName, line: 1, title: 'authors may waive their own findings' };
  const added = now
    .filter((waiver) => !known.has(key(waiver)))
    .map(({ rule, target, expires, owner, file, line }) => ({
      rule: 'waiver-added',
      file,
      line,
      title: `a waiver of ${rule} on ${target} is added, until ${expires}, by ${owner}`,
    }));
  return before === 'deny' && selfWaiver === 'allow' ? [self, ...added] : added;
}
