import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../inputs/config-file.ts';
import { waiversFileName } from '../inputs/waivers/ledger.ts';
import type { GateConfig } from '../model/config.ts';
import type { EngineFinding } from '../model/finding.ts';
import type { PolicyFile } from '../model/policy.ts';
import { compareAction, type SeverityPolicy, severities } from '../model/severity.ts';
import type { Waiver, WaiverLedger } from '../model/waiver.ts';

/** One side: how the gate is configured by the base, or would be by the change. */
export interface Settings {
  readonly loaded: LoadedConfig;
  readonly config: GateConfig;
  readonly policies: readonly PolicyFile[];
  readonly waivers: WaiverLedger;
}

type Found = { readonly rule: string; readonly file: string; readonly line: number; readonly title: string };

/**
 * What a change would loosen of the gate, once merged. It is not in force for the change itself; these findings say so to whoever reviews it.
 * Where no order between old and new can be told (another policy text, other engine options), the difference itself is the finding.
 */
export function weakenings(base: Settings, head: Settings): readonly EngineFinding[] {
  return [...configuration(base, head), ...policyFiles(base.policies, head.policies), ...waivers(base.waivers, head.waivers)].map(
    toFinding,
  );
}

/** A configuration, ledger or policy of the change that the gate could not read once it is merged. */
export function unreadable(file: string, line: number, message: string): EngineFinding {
  return toFinding({ rule: 'config-broken', file, line, title: `once merged, the gate could not be configured: ${message}` });
}

function toFinding({ rule, file, line, title }: Found): EngineFinding {
  const added = rule === 'waiver-added';
  return {
    engine: 'gate',
    rule,
    category: 'policy',
    title,
    detail: added
      ? 'The waiver is not in force for this change; from its merge on it allows what it names.'
      : 'This change is still judged by the base commit’s settings; from its merge on the gate would let more pass.',
    severity: added ? 'high' : 'critical',
    subject: { kind: 'file', location: { file, line, precision: 'field' } },
    fix: { text: 'Take it out of this change, or have whoever owns the gate agree: a waiver of the base branch can allow it.' },
  };
}

function configuration(base: Settings, head: Settings): readonly Found[] {
  const at = (...path: readonly string[]) => head.loaded.at(path, '').details.line ?? 1;
  const found = (line: number, title: string): Found => ({ rule: 'config-loosened', file: head.loaded.file, line, title });
  const [was, now] = [base.config, head.config];
  const missing = (key: 'paths' | 'policies' | 'kustomizations') =>
    now[key].includes('.')
      ? []
      : was[key].filter((pattern) => !now[key].includes(pattern)).map((pattern) => found(at(key), `\`${key}\` loses ${pattern}`));
  return [
    ...looser(was.severity, now.severity).map((text) => found(at('severity'), `severity: ${text}`)),
    ...was.environments.flatMap((environment) => {
      const same = now.environments.find(({ name }) => name === environment.name);
      const line = at('environments', environment.name);
      if (same === undefined) return [found(line, `the environment ${environment.name} is removed`)];
      return [
        ...looser(environment.severity, same.severity).map((text) => found(line, `severity of ${environment.name}: ${text}`)),
        ...(isDeepStrictEqual(environment.match, same.match) ? [] : [found(line, `what belongs to ${environment.name} changes`)]),
      ];
    }),
    ...missing('paths'),
    ...missing('policies'),
    ...missing('kustomizations'),
    ...now.exclude.filter((glob) => !was.exclude.includes(glob)).map((glob) => found(at('exclude'), `\`exclude\` gains ${glob}`)),
    ...now.generated
      .filter((glob) => !was.generated.includes(glob))
      .map((glob) => found(at('generated'), `\`generated\` gains ${glob}: the work tree’s files, whatever the commit has`)),
    ...(was.expectManifests && !now.expectManifests ? [found(at('expectManifests'), 'finding no manifest becomes fine')] : []),
    ...(was.sandbox === 'strict' && now.sandbox !== 'strict' ? [found(at('sandbox'), 'engines may run without isolation')] : []),
    ...(!was.onlyNew && now.onlyNew ? [found(at('onlyNew'), 'old findings no longer block')] : []),
    ...changedEngines(base, head).map((name) => found(at('engines', name), `the settings of the engine ${name} change`)),
    ...(isDeepStrictEqual(places(was), places(now)) ? [] : [found(at('images'), 'where images are found changes')]),
    ...now.images.privateRegistries
      .filter((host) => !was.images.privateRegistries.includes(host))
      .map((host) => found(at('images', 'privateRegistries'), `\`images.privateRegistries\` gains ${host}`)),
    ...(isDeepStrictEqual(was.helm, now.helm) ? [] : [found(at('helm'), 'how charts are rendered changes')]),
  ];
}

function places({ images: { paths, sources } }: GateConfig): unknown {
  return { paths, sources };
}

function looser(was: SeverityPolicy, now: SeverityPolicy): readonly string[] {
  return severities
    .filter((severity) => compareAction(now[severity], was[severity]) > 0)
    .map((severity) => `${severity} goes from ${was[severity]} to ${now[severity]}`);
}

function changedEngines(base: Settings, head: Settings): readonly string[] {
  const was: Readonly<Record<string, unknown>> = base.loaded.config.engines ?? {};
  const now: Readonly<Record<string, unknown>> = head.loaded.config.engines ?? {};
  return [...new Set([...Object.keys(was), ...Object.keys(now)])]
    .filter((name) => !isDeepStrictEqual(was[name], now[name]))
    .filter((name) => now[name] !== true && !(was[name] === false && now[name] === undefined));
}

function policyFiles(was: readonly PolicyFile[], now: readonly PolicyFile[]): readonly Found[] {
  return was.flatMap(({ file, text }) => {
    const same = now.find((policy) => policy.file === file);
    if (same?.text === text) return [];
    const title = same === undefined ? 'a policy is removed' : 'a policy changes';
    return [{ rule: same === undefined ? 'policy-removed' : 'policy-changed', file, line: 1, title }];
  });
}

function waivers(
  { waivers: was, selfWaiver: before }: WaiverLedger,
  { waivers: now, selfWaiver }: WaiverLedger,
): readonly Found[] {
  const key = ({ rule, target, expires, environments, source, component, aliases, owner }: Waiver) =>
    JSON.stringify([rule, target, expires, environments ?? null, source, component ?? null, aliases ?? null, owner]);
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
