import type { FieldPath } from '../../model/field-path.ts';
import type { EngineFinding, Fix } from '../../model/finding.ts';
import { parseSeverity } from '../../model/severity.ts';
import type { TrivyMisconfiguration, TrivyReport, TrivySecret, TrivyVulnerability } from './output.ts';

export const engineId = 'trivy';
const maxTitle = 300;
const maxDetail = 2_000;

/** By these, the vendor has no fixed version. https://github.com/aquasecurity/trivy-db/blob/main/pkg/types/status.go */
const unfixed = ['affected', 'under_investigation', 'will_not_fix', 'fix_deferred', 'end_of_life'];

/** Checks whose message quotes the sensitive text; only their title is used. */
const tellTale = ['KSV-0109', 'KSV-01010'];

export function misconfigurationFinding(found: TrivyMisconfiguration, resource: string, path: FieldPath): EngineFinding {
  const quotes = tellTale.includes(found.ID);
  return {
    engine: engineId,
    rule: found.ID,
    category: 'misconfiguration',
    title: cut(quotes ? found.Title : (found.Message ?? found.Title), maxTitle),
    ...detail(found.Description),
    severity: parseSeverity(found.Severity),
    subject: { kind: 'resource', resource, path },
    ...(found.Resolution !== undefined && { fix: { text: cut(found.Resolution, maxDetail) } }),
    ...helpUrl(found.PrimaryURL),
  };
}

/** Never includes the match: more people can read reports than the manifest. */
export function manifestSecretFinding(found: TrivySecret, resource: string, path: FieldPath): EngineFinding {
  return {
    engine: engineId,
    rule: found.RuleID,
    category: 'secret',
    title: `${cut(found.Title, maxTitle)} in plain text`,
    detail: 'Anyone with read access to the repository or its history can see it.',
    severity: parseSeverity(found.Severity),
    subject: { kind: 'resource', resource, path },
    fix: { text: 'Revoke it, then store the new one in a secret store and reference it.' },
  };
}

export function imageSecretFinding(found: TrivySecret, reference: string, file: string): EngineFinding {
  return {
    engine: engineId,
    rule: found.RuleID,
    category: 'secret',
    title: `${cut(found.Title, maxTitle)} in ${cut(file, maxTitle)}`,
    detail: 'Anyone who can pull the image can read it, even if a later layer removes the file.',
    severity: parseSeverity(found.Severity),
    subject: { kind: 'image', reference, component: file },
    fix: { text: 'Revoke it, and build the image without it: build secrets are not stored in layers.' },
  };
}

export function vulnerabilityFinding(found: TrivyVulnerability, reference: string): EngineFinding {
  const component = [found.PkgName, found.InstalledVersion].filter(Boolean).join(' ');
  const title = found.Title ?? found.Description?.split('\n')[0] ?? found.VulnerabilityID;
  const place = found.PkgPath === undefined ? '' : `In ${found.PkgPath}. `;
  return {
    engine: engineId,
    rule: found.VulnerabilityID,
    category: 'vulnerability',
    title: cut(`${component}: ${title}`, maxTitle),
    ...detail(
      `${place}${found.Description ?? ''}${found.FixedVersion ? '' : ` No fixed version (${found.Status ?? 'status unknown'}).`}`,
    ),
    severity: parseSeverity(found.Severity),
    subject: { kind: 'image', reference, component },
    ...(found.FixedVersion && { fix: update(found.PkgName, found.FixedVersion) }),
    ...published(found.PublishedDate),
    fixable: found.FixedVersion ? 'yes' : unfixed.includes(found.Status ?? '') ? 'no' : 'unknown',
    ...helpUrl(found.PrimaryURL),
  };
}

/** A date that is missing or of another form is not known, which never counts as recent. */
function published(text: string | undefined): { readonly published?: string } {
  const date = new Date(/^\d{4}-\d{2}-\d{2}T/.test(text ?? '') ? (text ?? '') : Number.NaN);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1990 ? {} : { published: date.toISOString().slice(0, 10) };
}

/** Trivy lists one fixed version per release branch: `1.2.6, 0.2.4`. */
function update(name: string, versions: string): Fix {
  const list = versions.split(', ');
  return { text: `Update ${name} to ${list.join(' or ')}.`, fixedVersion: versions };
}

/** Trivy finds little in a distribution that no longer gets advisories, and only mentions that on stderr. */
export function endOfLifeFinding(report: TrivyReport, reference: string): readonly EngineFinding[] {
  const os = report.Metadata?.OS;
  if (os?.EOSL !== true) return [];
  const name = [os.Family, os.Name].filter(Boolean).join(' ');
  return [
    {
      engine: engineId,
      rule: 'trivy/os-end-of-life',
      category: 'vulnerability',
      title: `${name} is no longer supported by its distribution`,
      detail: 'It gets no security updates and hardly any advisories, so few findings do not mean that it is secure.',
      severity: 'high',
      subject: { kind: 'image', reference, component: name },
      fix: { text: 'Build the image on a supported release.' },
    },
  ];
}

function detail(text: string | undefined): { readonly detail?: string } {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? {} : { detail: cut(trimmed, maxDetail) };
}

function helpUrl(url: string | undefined): { readonly helpUrl?: string } {
  return url?.startsWith('https://') ? { helpUrl: url } : {};
}

export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
