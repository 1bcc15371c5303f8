import { becomes, enginesLoosen, licensesLoosen, riskLoosens, rulesLoosen, severityLoosens } from './loosens.ts';
import type { Option } from './option.ts';
import { engineParts } from './schemas.ts';
import { duration, licenses, risk, rules, severity } from './severity-schemas.ts';

/** Options that decide who checks, and what a finding does. */
export const judgingOptions = {
  mode: {
    type: 'text',
    text: '`judge`: check and report. `collect`: check and call no API, for pull requests from forks. `publish`: in a `workflow_run`, deliver the report that a run collected. `merge`: one verdict from the reports of all shards.',
    input: { name: 'mode', default: 'judge' },
  },
  engines: {
    type: 'text',
    text: '`strict`: every engine that applies must run, or the verdict is `error`. `auto`: engines that cannot run, or cannot be installed within a minute, are skipped and reported as skipped. Or a comma-separated list of engine ids, all of which must run.',
    input: { name: 'engines', default: 'strict' },
    flag: { name: 'engines', value: 'LIST', default: 'auto' },
    key: { schema: engineParts, text: 'Options of each engine, by its id. `false` turns an engine off.', loosens: enginesLoosen },
  },
  severity: {
    type: 'text',
    text: 'What findings of each severity do: block, warn or allow.',
    otherwise: 'critical blocks, high and unknown warn, medium and low are allowed',
    input: { name: 'severity', text: 'Tightens the severity policy, for example high=block,unknown=block. It cannot loosen it.' },
    flag: { name: 'severity', value: 'POLICY', text: 'Tighten the severity policy: high=block,unknown=block.' },
    key: { schema: severity, loosens: severityLoosens },
  },
  rules: {
    text: 'Overrides the severity of single rules, by engine and rule: `trivy/KSV-0014: low`. See docs/severity.md.',
    key: { schema: rules, loosens: rulesLoosen },
  },
  risk: {
    text: 'Where KEV and EPSS data about the exploitation of vulnerabilities comes from. Default: from their publishers, if a condition of `severity` needs them. See docs/severity.md.',
    key: { schema: risk, loosens: riskLoosens },
  },
  licenses: {
    text: 'Licenses that packages in images may have, by SPDX id. Default: licenses are not evaluated. See docs/licenses.md.',
    key: { schema: licenses, loosens: licensesLoosen },
  },
  base: {
    type: 'text',
    text: 'Commit that the change is to be merged into, such as origin/main. Configuration, policies and waivers are read from it, and findings that it already has are not new.',
    flag: { name: 'base', value: 'REF' },
  },
  compare: {
    type: 'boolean',
    text: 'Whether the base commit is checked as well, to distinguish new findings from existing ones.',
    input: { name: 'compare', default: 'true' },
  },
  onlyNew: {
    type: 'boolean',
    text: 'Whether only findings that the base commit does not have block or warn.',
    otherwise: 'false',
    input: { name: 'only-new' },
    flag: { name: 'only-new', text: 'With --base: only new findings block or warn.' },
    key: { schema: (z) => z.boolean(), loosens: becomes('onlyNew', true, 'existing findings no longer block') },
  },
  sandbox: {
    text: 'What happens if the system can’t cut off an engine’s network, drop its privileges or limit its memory: `auto` runs the engine and reports it, `strict` fails it.',
    otherwise: 'auto',
    key: {
      schema: (z) => z.enum(['auto', 'strict']),
      loosens: becomes('sandbox', 'auto', 'engines may run without isolation'),
    },
  },
  timeout: {
    type: 'text',
    text: 'Maximum time for one engine, such as 90s or 10m.',
    otherwise: '10m',
    input: { name: 'timeout' },
    flag: { name: 'timeout', value: 'TIME' },
    key: { schema: duration, loosens: 'never' },
  },
  concurrency: {
    type: 'count',
    text: 'Number of engines that run at the same time.',
    otherwise: 'one for each processor core',
    input: { name: 'concurrency' },
    flag: { name: 'concurrency', value: 'N' },
    key: { schema: (z) => z.int().min(1).max(32), loosens: 'never' },
  },
} satisfies Record<string, Option>;
