import { type Framework, frameworks, mappedRules, mappedRulesOf, offByDefault } from '../model/frameworks.ts';
import type { Action } from '../model/severity.ts';
import type { Verdict } from '../model/verdict.ts';

/** One control of a framework. */
export interface ControlRow {
  readonly framework: string;
  readonly control: string;
  /** Rules of the pack for this control. */
  readonly rules: readonly string[];
  /**
   * `not evaluated`: the engine of these rules did not complete, or all of them are off by default. `none reported` is not proof: a rule is about a part of
   * a control, and the configuration may disable it.
   */
  readonly status: 'findings' | 'none reported' | 'not evaluated';
  readonly block: number;
  readonly warn: number;
  readonly allow: number;
}

/** Every control that a rule of the pack is about, with the findings of all engines about it, in the order of the frameworks. */
export function complianceOf(verdict: Verdict): readonly ControlRow[] {
  const counts = new Map<string, Record<Action, number>>();
  for (const { finding, action } of verdict.findings) {
    const controls = new Set(mappedRulesOf(finding).flatMap(controlsOf).map(keyOf));
    for (const key of controls) {
      const known = counts.get(key) ?? { block: 0, warn: 0, allow: 0 };
      known[action] += 1;
      counts.set(key, known);
    }
  }
  const isEvaluated = verdict.engines.some(({ engine, status }) => engine === 'cel' && status === 'completed');
  return [...controlRules()].map(([key, { framework, control, rules }]) => {
    const found = counts.get(key);
    const isOn = isEvaluated && rules.some((rule) => !offByDefault.includes(rule));
    const status = found !== undefined ? 'findings' : isOn ? 'none reported' : 'not evaluated';
    return { framework: frameworks[framework].title, control, rules, status, ...(found ?? { block: 0, warn: 0, allow: 0 }) };
  });
}

interface Control {
  readonly framework: Framework;
  readonly control: string;
}

function controlRules(): ReadonlyMap<string, Control & { readonly rules: readonly string[] }> {
  const found = new Map<string, Control & { readonly rules: readonly string[] }>();
  for (const rule of Object.keys(mappedRules))
    for (const control of controlsOf(rule)) {
      const known = found.get(keyOf(control));
      found.set(keyOf(control), { ...control, rules: [...(known?.rules ?? []), rule] });
    }
  const order = Object.keys(frameworks);
  return new Map(
    [...found].toSorted(
      ([, a], [, b]) =>
        order.indexOf(a.framework) - order.indexOf(b.framework) || a.control.localeCompare(b.control, 'en', { numeric: true }),
    ),
  );
}

function controlsOf(rule: string): readonly Control[] {
  const controls = mappedRules[rule];
  if (controls === undefined || controls === 'none') return [];
  const ids: readonly Framework[] = ['pss', 'nsa', 'cis', 'mitre'];
  return ids.flatMap((framework) => (controls[framework] ?? []).map((control) => ({ framework, control })));
}

function keyOf({ framework, control }: Control): string {
  return `${framework} ${control}`;
}
