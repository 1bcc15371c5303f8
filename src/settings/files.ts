import { select } from '../discover/selection.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Globs of `exclude` that exclude nothing: more is judged than was meant, which is safe. */
export async function unusedExclusions({ inputs: { loaded }, names }: Surroundings): Promise<readonly Unused[]> {
  const exclude = loaded.config.exclude ?? [];
  if (exclude.length === 0) return [];
  const { all } = await names();
  return exclude.flatMap((glob, index): readonly Unused[] => {
    if (all.some(select([glob]))) return [];
    return [
      {
        setting: `exclude ${glob}`,
        file: loaded.file,
        line: loaded.at(['exclude', index], '').details.line ?? 1,
        title: `\`exclude\` names \`${glob}\`, which matches no file`,
        effect: 'leftover',
        next: 'Correct the glob, or remove it.',
      },
    ];
  });
}

/** Files that look like settings and that this run does not read: by the units that discovery looked at. */
export function unreadFiles({ inputs: { config, loaded }, set, waivers }: Surroundings): readonly Unused[] {
  const inPolicies = select(config.policies);
  const vex = new Set(waivers.waivers.map(({ file }) => file));
  return set.units.flatMap(({ path, kind, status }): readonly Unused[] => {
    const at = { setting: `file ${path}`, file: path, line: 1 };
    if (kind === 'policy' && status === 'skipped')
      return [
        {
          ...at,
          title: 'the file stands among the policies and holds none: it judges nothing',
          effect: 'weaker',
          next: 'Policies are Rego, Kyverno policies and ValidatingAdmissionPolicies. Rewrite it as one of them, or move it elsewhere.',
        },
      ];
    if (/\/\.k8s-gate\.ya?ml$/.test(path) && path !== loaded.file)
      return [
        {
          ...at,
          title: `this configuration is not read: \`${loaded.file}\` at the root of what is judged is`,
          effect: 'leftover',
          next: 'Judge that folder with --workspace (working-directory of the action), or move what it says into the configuration that is read.',
        },
      ];
    if (path.startsWith('.k8s-gate/') && kind === 'plain' && !inPolicies(path) && !vex.has(path) && !isNamed(path, loaded.config))
      return [
        {
          ...at,
          title: 'the gate reads no setting from this file: it reads .k8s-gate/waivers.yaml, and what the configuration names',
          effect: 'weaker',
          next: 'A policy belongs in .k8s-gate/policies, an exception in .k8s-gate/waivers.yaml. Move it, name it in the configuration, or remove it.',
        },
      ];
    return [];
  });
}

/** Secret rules, results and values have any name. */
function isNamed(path: string, config: unknown): boolean {
  return path === '.k8s-gate/waivers.yaml' || JSON.stringify(config).includes(path);
}
