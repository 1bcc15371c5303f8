import type * as zod from 'zod';
import { durationPattern } from '../../model/duration.ts';
import { defaultRisk, type RiskSource } from '../../model/risk.ts';
import { actions, defaultSeverityPolicy, type Severity, severities } from '../../model/severity.ts';

/** Schemas of the keys that decide what a finding does; as schemas.ts. */
type Zod = typeof zod;

export const duration = (z: Zod) => z.string().regex(durationPattern, 'expected a duration such as 90s, 10m, 72h or 7d');

export const severity = (z: Zod) => severityActions(z, (name) => defaultSeverityPolicy[name]);

const likelihood = 'expected ">=" and a probability from 0 to 1, such as ">=0.1"';

const ageText = 'expected ">" and a number of days, such as ">30d"';

/** Several are alternatives: one of them has to match. */
const conditions = (z: Zod, action: string) => {
  const condition = z
    .strictObject({
      kev: z.literal(true).optional().describe('In KEV, the catalog of vulnerabilities that are known to be exploited.'),
      epss: z
        .string(likelihood)
        .regex(/^>=\s*(?:0(?:\.\d+)?|1(?:\.0+)?)$/, likelihood)
        .optional()
        .describe('EPSS score: `>=0.1`.'),
      age: z
        .string(ageText)
        .regex(/^>\s*[1-9]\d{0,3}d$/, ageText)
        .optional()
        .describe('Time since publication: `>30d`.'),
      fixable: z.literal(true).optional().describe('A fixed version is known.'),
      exposed: z.literal(true).optional().describe('A workload that runs it is reachable from outside the cluster.'),
    })
    .refine((given) => Object.keys(given).length > 0, 'expected one of kev, epss, age, fixable, exposed');
  return z
    .union([condition, z.array(condition).min(1)])
    .optional()
    .describe(`Vulnerabilities that ${action}: one condition, or a list of alternatives.`);
};

const severityAction = (z: Zod) =>
  z.union([
    z.enum(actions),
    z
      .strictObject({
        block: conditions(z, 'block'),
        warn: conditions(z, 'warn'),
        otherwise: z.enum(['warn', 'allow']).optional().describe('Action for all other vulnerabilities. Default: warn.'),
      })
      .refine(({ block, warn }) => block !== undefined || warn !== undefined, 'expected `block` or `warn` with a condition'),
  ]);

const riskSource = (z: Zod, { url, maxAge }: RiskSource) =>
  z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
        .optional()
        .describe(`Mirror to use instead of the publisher. Default: ${url}.`),
      file: z
        .string()
        .min(1)
        .optional()
        .describe(
          'File to read instead: a path in the repository, read from the base commit, or an absolute path outside of it.',
        ),
      maxAge: duration(z).optional().describe(`Older data is not used. Default: ${maxAge}.`),
    })
    .refine(({ url: given, file }) => given === undefined || file === undefined, 'expected `url` or `file`, not both');

export const risk = (z: Zod) =>
  z.strictObject({
    kev: riskSource(z, defaultRisk.kev).optional().describe('Known exploited vulnerabilities, by CISA.'),
    epss: riskSource(z, defaultRisk.epss).optional().describe('Probabilities of exploitation, by FIRST.'),
  });

const licenseEntries = (z: Zod) =>
  z
    .array(
      z.union([
        z.string().min(1),
        z.strictObject({
          name: z.string().min(1).describe('License text of packages that is not in the SPDX list: `public-domain`.'),
        }),
      ]),
    )
    .min(1)
    .optional();

export const licenses = (z: Zod) =>
  z
    .strictObject({
      deny: licenseEntries(z).describe(
        'Licenses that packages must not have: `AGPL-3.0-only`, `GPL-*`. In an expression with `AND` no license may be denied, with `OR` at least one must not be.',
      ),
      allow: licenseEntries(z).describe(
        'The only licenses that packages may have. Default: every license of the SPDX list that is not denied.',
      ),
      unknown: z
        .enum(severities)
        .optional()
        .describe(
          'Severity of findings about packages that state no license, or a text that is not in the SPDX list. Default: unknown.',
        ),
    })
    .refine(({ deny, allow }) => deny !== undefined || allow !== undefined, 'expected `deny` or `allow`');

/** @param otherwise Ends the sentence on what happens to a severity that is left out. */
export function severityActions(z: Zod, otherwise: (severity: Severity) => string) {
  const of = (name: Severity) => {
    const findings = name === 'unknown' ? 'whose engine reports no severity' : `of severity ${name}`;
    return severityAction(z)
      .optional()
      .describe(`Action for findings ${findings}. Default: ${otherwise(name)}.`);
  };
  return z.strictObject({
    critical: of('critical'),
    high: of('high'),
    medium: of('medium'),
    low: of('low'),
    unknown: of('unknown'),
  });
}

/** Without `unknown`, which is for engines that report no severity. */
const ruleSeverities = ['critical', 'high', 'medium', 'low'] as const;

export const rules = (z: Zod) =>
  z.record(
    z
      .string()
      .regex(
        /^[a-z][a-z-]*\/\S+$/,
        'expected engine/rule as in reports, such as trivy/KSV-0014; only the rule may have wildcards (cel/*limits*)',
      ),
    z.enum(ruleSeverities),
  );
