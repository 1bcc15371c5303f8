import { actions, severities } from '../../model/severity.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { oneLine, shorten } from '../text.ts';
import { html, join, type Markup } from './markup.ts';

/** One way to filter findings. Every finding has at least one value. */
interface Facet {
  readonly name: string;
  readonly label: string;
  /** Values shown first, in this order; others follow alphabetically. */
  readonly order: readonly string[];
  readonly valuesOf: (judged: JudgedFinding) => readonly string[];
}

/** The value of findings that belong to no environment. Environment names are never empty. */
const noEnvironment = '';

const facets: readonly Facet[] = [
  { name: 'severity', label: 'Severity', order: severities, valuesOf: ({ finding }) => [finding.severity] },
  { name: 'action', label: 'Action', order: actions, valuesOf: ({ action }) => [action] },
  { name: 'state', label: 'Compared with base', order: ['new', 'unchanged'], valuesOf: ({ state }) => [state ?? 'new'] },
  { name: 'waived', label: 'Waiver', order: ['waived', 'not waived'], valuesOf: waivedOf },
  {
    name: 'engine',
    label: 'Engine',
    order: [],
    valuesOf: ({ finding }) => finding.sources.map(({ engine }) => valueText(engine)),
  },
  { name: 'owner', label: 'Owner', order: [], valuesOf: ownersOf },
  { name: 'environment', label: 'Environment', order: [], valuesOf: environmentsOf },
];

function waivedOf({ waiver }: JudgedFinding): readonly string[] {
  return [waiver === undefined ? 'not waived' : 'waived'];
}

function ownersOf({ finding: { owners = [] } }: JudgedFinding): readonly string[] {
  return owners.length === 0 ? ['nobody'] : owners.map(valueText);
}

function environmentsOf({ finding: { environments } }: JudgedFinding): readonly string[] {
  return environments.length === 0 ? [noEnvironment] : environments.map(valueText);
}

/** Without a line break, which separates the values in an attribute. */
function valueText(name: string): string {
  return shorten(oneLine(name), 100) || '?';
}

/** More checkboxes than this do not help; the search finds the other values. */
const maxValues = 200;

/** Facets with more than one value, and the number of findings of each value. */
interface UsedFacet extends Facet {
  readonly counts: readonly (readonly [string, number])[];
}

export function usedFacets({ findings, comparison }: Verdict): readonly UsedFacet[] {
  return facets.flatMap((facet) => {
    if (facet.name === 'state' && comparison === undefined) return [];
    const counts = new Map<string, number>();
    for (const judged of findings) {
      for (const value of new Set(facet.valuesOf(judged))) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const sorted = [...counts].toSorted(([a], [b]) => rank(facet, a) - rank(facet, b) || (a < b ? -1 : 1));
    return counts.size < 2 ? [] : [{ ...facet, counts: sorted.slice(0, maxValues) }];
  });
}

function rank({ order }: Facet, value: string): number {
  const index = order.indexOf(value);
  return index === -1 ? order.length : index;
}

/** ` data-severity="high" data-engine="cel&#10;trivy"`: the attributes that the script filters by. */
export function dataOf(judged: JudgedFinding, used: readonly Facet[]): Markup {
  return join(used.map(({ name, valuesOf }) => html` data-${name}="${[...new Set(valuesOf(judged))].join('\n')}"`));
}

/** Hidden until the script runs. */
export function filterForm(used: readonly UsedFacet[]): Markup {
  const fieldsets = used.map(({ name, label, counts }) => {
    const boxes = counts.map(
      ([value, count]) =>
        html`<label><input type="checkbox" name="${name}" value="${value}"><span>${value || 'no environment'}</span> <span class="number">${count}</span></label>`,
    );
    return html`<fieldset><legend>${label}</legend>${join(boxes)}</fieldset>\n`;
  });
  return html`<form id="filters" hidden aria-label="Filter findings">
<div><label for="q"><b>Search</b></label><input type="search" id="q" placeholder="resource, file, rule" autocomplete="off" spellcheck="false"></div>
${join(fieldsets)}<div class="bar"><button type="button" id="clear">Clear</button><button type="button" id="open">Open or close all</button></div>
<p id="tally" role="status" class="soft"></p>
<details class="keys"><summary>Keyboard</summary>
<p><kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous finding, <kbd>Enter</kbd> details, <kbd>Esc</kbd> clears the filters</p>
<label><input type="checkbox" id="keys" checked> Use single keys</label></details>
</form>
`;
}
