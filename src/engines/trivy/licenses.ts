import { createHash } from 'node:crypto';
import type { EvaluateLicenses } from '../../licenses/policy.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import type { ImagePackage } from '../../model/image-inventory.ts';
import type { Severity } from '../../model/severity.ts';
import { cut, engineId } from './findings.ts';
import { packageFrom, type TrivyReport, type TrivyResult } from './output.ts';

export interface LicenseCheck {
  readonly evaluate: EvaluateLicenses;
  /** Severity of what could not be evaluated. */
  readonly unknown: Severity;
}

const maxNamed = 5;
const maxTexts = 3;
const policy = 'docs/licenses.md';

/** Packages of an image whose licenses are denied, not allowed or unknown. */
export function licenseFindings(report: TrivyReport, reference: string, check: LicenseCheck): readonly EngineFinding[] {
  const results = (report.Results ?? []).filter(({ Packages = [] }) => Packages.length > 0);
  if (results.length === 0) return [withoutPackages(reference, check)];
  return results.flatMap((result) => ofResult(result, reference, check));
}

function ofResult(result: TrivyResult, reference: string, check: LicenseCheck): readonly EngineFinding[] {
  const packages = (result.Packages ?? []).map((one) => packageFrom(one) ?? unreadable(reference, result));
  const silent = packages.filter(({ licenses = [] }) => licenses.every((text) => text.trim() === ''));
  const stated = [...byComponent(packages.filter((one) => !silent.includes(one)))];
  return [
    ...stated.flatMap(([component, licenses]) => ofPackage(component, licenses, reference, check)),
    ...(silent.length > 0 ? [withoutLicense(silent, result, reference, check)] : []),
  ];
}

/** The same package in several folders, or for several architectures, is one: all of its licenses apply. */
function byComponent(packages: readonly ImagePackage[]): ReadonlyMap<string, readonly string[]> {
  const components = groupBy(packages, ({ name, version }) => [name, version].filter(Boolean).join(' '));
  return new Map(
    [...components].map(([component, same]) => [component, [...new Set(same.flatMap(({ licenses = [] }) => licenses))]]),
  );
}

function ofPackage(
  component: string,
  licenses: readonly string[],
  reference: string,
  { evaluate, unknown }: LicenseCheck,
): readonly EngineFinding[] {
  const { result, because } = evaluate(licenses);
  if (result === 'allowed') return [];
  const named = because.slice(0, maxTexts).map((text) => cut(text, 100));
  const texts = `${named.join(', ')}${because.length > maxTexts ? ` and ${because.length - maxTexts} more` : ''}`;
  const titles = {
    denied: `${texts} is denied by \`licenses.deny\``,
    'not-allowed': `${texts} is not in \`licenses.allow\``,
    unknown: `no SPDX license, and not in \`licenses\`: ${texts}`,
  };
  return [
    {
      engine: engineId,
      rule: `license/${result}`,
      // Another license of the same package is another finding.
      check: because.toSorted().join(', ').slice(0, 1_000),
      category: 'policy',
      title: cut(`${component}: ${titles[result]}`, 300),
      detail: `The package states: ${cut(licenses.join('; '), 1_000)}.`,
      severity: result === 'unknown' ? unknown : 'critical',
      subject: { kind: 'image', reference, component },
      fix: { text: fixes[result] },
    },
  ];
}

const fixes = {
  denied: 'Build the image without the package, or use an image without it. If its use is permitted, waive the finding.',
  'not-allowed': `Add the license to \`licenses.allow\` if it is permitted, or build the image without the package. See ${policy}.`,
  unknown: `Read the license of the package. Then add its text as \`name: …\` to \`licenses.allow\` or \`licenses.deny\`. See ${policy}.`,
};

/** One finding for all: Go modules in a binary, for example, never state a license. */
function withoutLicense(
  packages: readonly ImagePackage[],
  { Target, Class, Type }: TrivyResult,
  reference: string,
  { unknown }: LicenseCheck,
): EngineFinding {
  const names = [...new Set(packages.map(({ name }) => name))].toSorted();
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
  // The target of an operating system's packages contains the name of the image or its file.
  const component = Class === 'os-pkgs' ? (Type ?? 'os') : Target;
  return {
    engine: engineId,
    rule: 'license/unknown',
    // Another package without a license is another finding.
    check: createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16),
    category: 'policy',
    title: cut(`${component}: the license of ${names.slice(0, maxNamed).join(', ')}${more} is unknown`, 300),
    detail: cut(`Trivy found no license information in the image for: ${names.join(', ')}.`, 2_000),
    severity: unknown,
    subject: { kind: 'image', reference, component },
    fix: { text: `Evaluate them with another tool, such as one that reads the sources, and waive the finding. See ${policy}.` },
  };
}

function withoutPackages(reference: string, { unknown }: LicenseCheck): EngineFinding {
  return {
    engine: engineId,
    rule: 'license/unknown',
    category: 'policy',
    title: 'Trivy found no packages in the image, so its licenses are unknown',
    severity: unknown,
    subject: { kind: 'image', reference },
    fix: { text: `Evaluate it with another tool, and waive the finding. See ${policy}.` },
  };
}

function unreadable(reference: string, { Target }: TrivyResult): never {
  throw new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the report on image ${reference} lists a package of ${cut(Target, 200)} in an unknown shape, so its license was not evaluated`,
    expected: 'a package with a name',
    next: 'Run again with debug logging; another version of Trivy may write another format.',
  });
}
