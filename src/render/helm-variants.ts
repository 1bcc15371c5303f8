import type { GateConfig, HelmChart, HelmRelease } from '../model/config.ts';
import { valueAt } from '../model/field-path.ts';
import type { Gap } from '../model/gap.ts';
import { isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import { memoizeByObject } from '../model/memoize.ts';
import { groupOf } from '../model/resource.ts';
import { type FoundObject, looksUp } from './found-objects.ts';
import { gapOf } from './helm-gaps.ts';
import type { Rendered } from './objects.ts';
import type { UnitResult } from './plain.ts';
import { lexTemplate } from './template-lexer.ts';

/** Another installation of the same release: what its templates ask for has another answer there. */
export interface HelmVariant {
  readonly isUpgrade?: true;
  readonly name?: string;
  readonly namespace?: string;
  readonly apiVersions?: readonly string[];
  /** What `lookup` finds in the cluster. */
  readonly found?: FoundObject;
}

/** What is known of an installation, because the configuration or a pointer determines it. */
export interface KnownAnswers {
  readonly name: string;
  readonly namespace: string;
  readonly isName: boolean;
  readonly isNamespace: boolean;
  readonly isApiVersions: boolean;
  /** Values that a template may compare with instead of a text of its own. */
  readonly values?: JsonObject;
}

/** A chart that names more is asked for these: each costs a rendering. */
const mostVariants = 6;
/** For `ne`: neither the name nor the namespace that the gate assumes. */
const other = 'k8s-gate-other';
const label = /^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/;
/** `.Release` as a whole may be asked for any of its fields later. */
const asksForUpgrade = /\bIs(?:Upgrade|Install)\b|\.Release(?![.\w])/;
const compares =
  /\b(?:eq|ne|has|contains|hasPrefix|hasSuffix|regexMatch|mustRegexMatch|list|dict|splitList|index|get|hasKey|dig|pick|omit)\b/;

/**
 * Installations in which the templates of a chart would decide otherwise than in the one that the gate assumes: an upgrade, the names and
 * namespaces that they compare with, and the API versions of custom resources that they look for. What they make there is deployed, too.
 */
export function variantsOf(texts: readonly string[], known: KnownAnswers): readonly HelmVariant[] {
  const codes = codesOf(texts);
  const variants: HelmVariant[] = codes.some((code) => asksForUpgrade.test(code)) ? [{ isUpgrade: true }] : [];
  if (looksUp(codes)) variants.push({ found: 'whole' });
  if (!known.isApiVersions && codes.some((code) => code.includes('APIVersions'))) {
    // A variable, a list or a value may hold the version, wherever it is written.
    const written = [...codes.flatMap(literals), ...textsIn(known.values ?? null)];
    const apiVersions = [...new Set(written)].filter(isOfCluster);
    if (apiVersions.length > 0) variants.push({ apiVersions });
  }
  const others = (field: RegExp, current: string): readonly string[] => {
    const asking = codes.filter((code) => field.test(code) && compares.test(code));
    const named = asking
      .flatMap((code) => [...literals(code).flatMap(namesIn), ...valuesIn(code, known.values)])
      .filter((text) => label.test(text));
    return named.length === 0 ? [] : [...new Set([...named, other])].filter((text) => text !== current);
  };
  if (!known.isNamespace) variants.push(...others(/\.Release\.Namespace\b/, known.namespace).map((namespace) => ({ namespace })));
  if (!known.isName) variants.push(...others(/\.Release\.Name\b/, known.name).map((name) => ({ name })));
  return variants.slice(0, mostVariants);
}

/** The text, and what a regular expression of it would match: `^prod-` and `^(prod|stage)$`. */
function namesIn(text: string): readonly string[] {
  if (label.test(text)) return [text];
  return /[\^$|]/.test(text)
    ? [...text.matchAll(/[a-z0-9][a-z0-9-]*/g)].map(([name]) => (name.endsWith('-') ? `${name}x` : name))
    : [];
}

/** Texts and keys of the values that code refers to. */
function valuesIn(code: string, values: JsonObject | undefined): readonly string[] {
  return [...code.matchAll(/\.Values\.([\w.]+)/g)].flatMap(([, steps = '']) => {
    const value = valueAt(values, steps.split('.'));
    return isObject(value) ? Object.keys(value) : textsIn(value ?? null);
  });
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

/** A chart may have dozens of releases. */
const codesOf = memoizeByObject((texts: readonly string[]): readonly string[] =>
  texts
    .flatMap((text) => (text.includes('{{') ? lexTemplate(text).map(({ code }) => code) : []))
    .filter((code) => !code.startsWith('/*')),
);
const textsOf = memoizeByObject((templates: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  [...templates.values()].map((lines) => lines.join('\n')),
);

function literals(code: string): readonly string[] {
  return [...code.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)].map(([, quoted, raw]) => quoted ?? raw ?? '');
}

/**
 * Versions of Kubernetes' own groups follow from its version. On OpenShift, charts drop the users that a cluster without its constraints needs.
 */
const ownGroup =
  /^(?:apps|batch|policy|extensions|autoscaling|(?:admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage)\.k8s\.io|(?:.+\.)?openshift\.io)$/;

function isOfCluster(text: string): boolean {
  return /^[a-z0-9.-]+\.[a-z0-9-]+\/v[a-z0-9]+(?:\/\w+)?$/.test(text) && !ownGroup.test(groupOf(text));
}

/**
 * What a variant renders that the release itself does not: its names and namespaces alone make no difference. A variant that fails is a gap:
 * it may do so only here, where `lookup` finds nothing.
 */
function onlyIn(
  variant: HelmVariant,
  first: UnitResult,
  second: UnitResult,
  known: KnownAnswers,
  ofFailures: readonly Gap[],
): UnitResult {
  const { name, namespace } = variant;
  const textOf = ({ object, stableObject = object }: Pick<Rendered, 'object' | 'stableObject'>): string => {
    const text = stringifyJson(stableObject);
    const named = name === undefined ? text : text.replaceAll(name, known.name);
    // Of data that was found or made at random.
    if (variant.found !== undefined) return named.replaceAll(/"checksum\/[^"]+":"[^"]*",?/g, '');
    return namespace === undefined ? named : named.replaceAll(namespace, known.namespace);
  };
  const rendered = new Set(first.rendered.map(textOf));
  const reported = new Set((first.gaps ?? []).map(({ reason }) => reason));
  const gaps = [...(second.gaps ?? []), ...ofFailures].filter(({ reason }) => !reported.has(reason));
  return {
    rendered: second.rendered.filter((one) => !rendered.has(textOf(one)) && !(variant.found !== undefined && isKept(one, first))),
    failures: [],
    // Without `unit`: the release itself is rendered.
    gaps: gaps.map(({ unit: _unit, ...gap }) => ({ ...gap, subject: `${gap.subject} ${whereOf(variant)}` })),
    ...(second.from !== undefined && { from: second.from }),
  };
}

/** A Secret that keeps the data that it had runs nothing. */
function isKept({ kind, name, namespace }: Rendered, first: UnitResult): boolean {
  return kind === 'Secret' && first.rendered.some((one) => one.kind === kind && one.name === name && one.namespace === namespace);
}

function whereOf({ name, namespace, apiVersions, found }: HelmVariant): string {
  if (found !== undefined) return 'where `lookup` finds something';
  if (name !== undefined) return `as ${name}`;
  if (namespace !== undefined) return `in namespace ${namespace}`;
  return apiVersions === undefined ? 'on an upgrade' : `with ${apiVersions.join(', ')}`;
}

function isUnrendered({ rendered, failures, gaps = [] }: UnitResult): boolean {
  return failures.length > 0 || (rendered.length === 0 && gaps.length > 0);
}

/** A release, and what else it makes in other installations. */
export async function withVariants(
  chart: HelmChart,
  release: HelmRelease,
  {
    evaluated,
    workdir,
    config,
    values,
    run,
  }: {
    readonly evaluated: ReadonlyMap<string, readonly string[]>;
    readonly workdir: string;
    readonly config: Pick<GateConfig, 'helm' | 'environments'>;
    readonly values: JsonObject | undefined;
    readonly run: (variant: HelmVariant, workdir?: string) => Promise<UnitResult>;
  },
): Promise<UnitResult[]> {
  const first = await run({});
  // What does not render is reported once.
  if (isUnrendered(first)) return [first];
  const { deployed, namespace = chart.namespace } = release;
  // The chart is rendered in all of them.
  const hasNamespaces = config.environments.some(({ match }) => match.namespaces.length > 0);
  const known: KnownAnswers = {
    name: deployed?.name ?? chart.releaseName,
    namespace,
    isName: deployed !== undefined,
    isNamespace: deployed !== undefined || chart.hasNamespace === true || hasNamespaces,
    ...(values !== undefined && { values }),
    isApiVersions: config.helm.apiVersions.length > 0 || (deployed?.apiVersions ?? []).length > 0,
  };
  const results = [first];
  for (const [index, variant] of variantsOf(textsOf(evaluated), known).entries()) {
    const whole = await run(variant, `${workdir}-${index}`);
    const isRefused = variant.found !== undefined && isUnrendered(whole);
    const second = isRefused ? await run({ ...variant, found: 'bare' }, `${workdir}-${index}-bare`) : whole;
    results.push(
      onlyIn(
        variant,
        first,
        second,
        known,
        second.failures.map((error) => gapOf(chart, release, error)),
      ),
    );
  }
  return results;
}
