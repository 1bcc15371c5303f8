import { select } from '../discover/selection.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Globs of `exclude` that match nothing: more is judged than intended, which is safe. */
export async function unusedExclusions({ inputs: { loaded }, names }: Surroundings): Promise<readonly Unused[]> {
  const exclude = loaded.config.exclude ?? [];
  if (exclude.length === 0) return [];
  const { all } = await names();
  return exclude.flatMap((glob, index): readonly Unused[] => {
    if (all.some(select([glob]))) return [];
    return [
      {
        setting: `exclude ${glob}`,
        ...loaded.place(['exclude', index]),
        title: `\`exclude\`: \`${glob}\` matches no file`,
        effect: 'leftover',
        next: 'Correct the glob, or remove it.',
      },
    ];
  });
}

/** Files that look like settings but are not read by this run, among the units of discovery. */
export function unreadFiles({ inputs: { config, loaded }, set, waivers }: Surroundings): readonly Unused[] {
  const inPolicies = select(config.policies);
  const vex = new Set(waivers.waivers.map(({ file }) => file));
  return set.units.flatMap(({ path, kind, status }): readonly Unused[] => {
    const at = { setting: `file ${path}`, file: path, line: 1 };
    if (kind === 'policy' && status === 'skipped')
      return [
        {
          ...at,
          title: 'the file is in a policy folder but contains no policy',
          effect: 'weaker',
          next: 'Supported are Rego and its data, Kyverno policies, Gatekeeper policies and ValidatingAdmissionPolicies. Rewrite it as one of them, or move it elsewhere.',
        },
      ];
    if (/\/\.k8s-gate\.ya?ml$/.test(path) && path !== loaded.file)
      return [
        {
          ...at,
          title: `this configuration is not used: the gate only reads \`${loaded.file}\` at the root of the workspace`,
          effect: 'leftover',
          next: 'Run the gate on that folder with --workspace (working-directory of the action), or move the settings to the configuration at the root.',
        },
      ];
    if (path.startsWith('.k8s-gate/') && kind === 'plain' && !inPolicies(path) && !vex.has(path) && !isNamed(path, loaded.config))
      return [
        {
          ...at,
          title:
            'the gate does not read this file: it only reads .k8s-gate/waivers.yaml, .k8s-gate/baseline.yaml and files listed in the configuration',
          effect: 'weaker',
          next: 'Policies belong in .k8s-gate/policies, exceptions in .k8s-gate/waivers.yaml. Move it, list it in the configuration, or remove it.',
        },
      ];
    return [];
  });
}

/** Secret rules, results and values can have any name. */
function isNamed(path: string, config: unknown): boolean {
  return path === '.k8s-gate/waivers.yaml' || path === '.k8s-gate/baseline.yaml' || JSON.stringify(config).includes(path);
}
