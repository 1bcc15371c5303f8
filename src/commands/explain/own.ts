import { schemaMeanings } from '../../engines/schema/meanings.ts';
import type { Entry } from './entry.ts';

const coverage = 'docs/coverage.md';
const security = 'docs/security.md';

function gate(rule: string, title: string, severity: string, why: string, fix: string, reference: string): Entry {
  return { name: `gate/${rule}`, title, severity, why, fix, references: [reference] };
}

/** Rules of the gate itself, which have no policy file. */
export const ownRules: readonly Entry[] = [
  gate(
    'not-evaluated',
    'something that is or may be deployed was not evaluated by any engine',
    'unknown, which warns by default',
    'A chart that is not rendered, a custom resource with containers that no engine supports, or a submodule that is not checked out may deploy anything. No findings does not mean that it is secure.',
    'Follow the finding: render it in a step before the gate, enable an engine or add a policy for its kind, or waive gate/not-evaluated for the resource or file.',
    coverage,
  ),
  gate(
    'config-loosened',
    'the change makes the gate less strict',
    'depends on the finding',
    'A pull request could otherwise merge what the gate rejects by changing the gate. The configuration of the base branch applies until the change is merged.',
    'Have the change of the configuration reviewed and merged on its own.',
    security,
  ),
  gate(
    'config-broken',
    'the configuration of the change is invalid',
    'depends on the finding',
    'Once merged, every run would be an error.',
    'Correct the file at the reported line.',
    'docs/configuration.md',
  ),
  gate(
    'waiver-added',
    'the change adds or extends a waiver',
    'depends on the finding',
    'A waiver takes effect once it is on the base branch, so that it is reviewed separately from the change that needs it.',
    'Merge the waiver in a separate pull request.',
    'docs/waivers.md',
  ),
  gate(
    'setting-unused',
    'a setting of the gate applies to nothing',
    'depends on the finding',
    'A misspelled path, environment, policy or waiver has no effect, which easily goes unnoticed.',
    'Correct the name, or remove the setting.',
    'docs/configuration.md',
  ),
  gate(
    'environment-left',
    'a resource is no longer part of an environment with a stricter policy',
    'depends on the finding',
    'Moving a manifest out of the paths of an environment changes the policy that applies to it.',
    'Restore the path, or have the move reviewed.',
    security,
  ),
  gate(
    'risk-data',
    'what is known about exploits could not be read',
    'unknown, which warns by default',
    'A condition of the severity policy needs KEV or EPSS. Missing data counts as matched, so it never allows anything.',
    'Make the data available: allow the download, or provide a file.',
    'docs/severity.md',
  ),
  gate(
    'baseline-added',
    'the change accepts more existing findings',
    'depends on the finding',
    'The baseline is trusted from the base branch only, so that a change cannot accept its own findings.',
    'Review the entry, and merge it in a separate pull request.',
    security,
  ),
  gate(
    'extends-changed',
    'the change alters what the configuration extends',
    'depends on the finding',
    'The settings of the organization decide what is accepted. Those of the base branch apply until the change is merged.',
    'Have the change of `extends` reviewed.',
    'docs/rollout.md',
  ),
  gate(
    'policy-changed',
    'the change alters a policy',
    'depends on the finding',
    'The policy of the base branch applies until the change is merged; the report previews the new one.',
    'Have the policy reviewed.',
    security,
  ),
  gate(
    'policy-removed',
    'the change removes a policy',
    'depends on the finding',
    'What the policy rejected can be merged afterwards.',
    'Have the removal reviewed.',
    security,
  ),
  ...Object.entries(schemaMeanings).map(([rule, meaning]) => ({
    name: `schema/${rule}`,
    title: meaning.replaceAll('`', '').replace(/\.$/, ''),
    why: 'The API server rejects manifests that violate this rule. A misspelled field also hides its setting from every other check.',
    fix: 'Follow the finding, which names the field and what is allowed.',
    references: ['docs/schema.md'],
  })),
];
