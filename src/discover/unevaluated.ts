import path from 'node:path';
import type { Gap } from '../model/gap.ts';
import { isInside } from '../model/paths.ts';
import type { WalkedFile } from '../ports/ports.ts';
import type { Workspace } from './workspace.ts';

/** Languages that deployers evaluate into manifests and the gate does not. */
const languages: readonly { readonly name: string; readonly pattern: RegExp; readonly evaluatedBy: string }[] = [
  { name: 'jsonnet', pattern: /\.jsonnet$/, evaluatedBy: 'Argo CD and Tanka evaluate it' },
  {
    name: 'Helmfile',
    pattern: /(?:^|\/)helmfile(?:\.d\/[^/]+)?\.ya?ml(?:\.gotmpl)?$/,
    evaluatedBy: 'helmfile renders its releases',
  },
  { name: 'Fleet', pattern: /(?:^|\/)fleet\.ya?ml$/, evaluatedBy: 'Fleet turns its charts and values' },
  { name: 'Kluctl', pattern: /(?:^|\/)\.kluctl(?:-library)?\.ya?ml$/, evaluatedBy: 'Kluctl renders its deployments' },
  { name: 'Timoni', pattern: /(?:^|\/)(?:timoni|bundle|runtime)\.cue$/, evaluatedBy: 'Timoni builds it' },
  { name: 'KCL', pattern: /(?:^|\/)kcl\.mod$/, evaluatedBy: 'KCL compiles it' },
  { name: 'cdk8s', pattern: /(?:^|\/)cdk8s\.ya?ml$/, evaluatedBy: 'its program turns constructs' },
  { name: 'kpt', pattern: /(?:^|\/)Kptfile$/, evaluatedBy: 'kpt renders the package' },
];

/** One gap per language, regardless of the number of files. */
export function unevaluated(files: readonly WalkedFile[]): readonly Gap[] {
  return languages.flatMap(({ name, pattern, evaluatedBy }) => {
    const found = files.filter(({ path: file }) => pattern.test(file)).map(({ path: file }) => file);
    const [first] = found;
    if (first === undefined) return [];
    const more = found.length === 1 ? '' : ` and ${found.length - 1} more file${found.length === 2 ? '' : 's'}`;
    return {
      file: first,
      subject: `${name} in ${path.posix.basename(first)}${more}`,
      reason: `${evaluatedBy} into manifests, and the gate does not`,
      next: 'Evaluate it in a step before the gate, and list the resulting files under `generated` in .k8s-gate.yaml.',
    };
  });
}

/** Folders that the gate does not read and that the change adds or links to: `kubectl apply -R`, Helm and kustomize read them. */
export function unreadFolders({ unread, selected, links, all, isExcluded }: Workspace): readonly Gap[] {
  const added = unread.map((folder) => gapOf(folder, 'the gate does not read node_modules, and the change adds this folder'));
  const linked = selected.flatMap(({ path: link, kind }): readonly Gap[] => {
    const target = kind === 'symlink' ? links.get(link) : undefined;
    if (target === undefined || all.has(target)) return [];
    const inside = [...all.keys()].filter((file) => isInside(file, target));
    if (inside.length > 0 && !inside.some(isExcluded)) return [];
    return [gapOf(link, `it is a symlink to ${target}, which the gate ${inside.length === 0 ? 'does not read' : 'excludes'}`)];
  });
  return [...added, ...linked];
}

function gapOf(folder: string, reason: string): Gap {
  const next = 'Move the manifests to a folder that is evaluated, or add this one to `exclude` if nothing in it is deployed.';
  return { file: folder, subject: `folder ${folder}`, reason, next, unit: folder };
}
