import path from 'node:path';
import type { Gap } from '../model/gap.ts';
import type { WalkedFile } from '../ports/ports.ts';

/** What a deployer evaluates into manifests and the gate does not. */
const languages: readonly { readonly name: string; readonly pattern: RegExp; readonly evaluatedBy: string }[] = [
  { name: 'jsonnet', pattern: /\.jsonnet$/, evaluatedBy: 'Argo CD and Tanka evaluate it' },
  {
    name: 'Helmfile',
    pattern: /(?:^|\/)helmfile(?:\.d\/[^/]+)?\.ya?ml(?:\.gotmpl)?$/,
    evaluatedBy: 'helmfile renders its releases',
  },
];

/** One gap for each language, however many files there are. */
export function unevaluated(files: readonly WalkedFile[]): readonly Gap[] {
  return languages.flatMap(({ name, pattern, evaluatedBy }) => {
    const found = files.filter(({ path: file }) => pattern.test(file)).map(({ path: file }) => file);
    const [first] = found;
    if (first === undefined) return [];
    const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
    return {
      file: first,
      subject: `${name} file ${path.posix.basename(first)}${more}`,
      reason: `${evaluatedBy} into manifests, and the gate does not`,
      next: 'Judge what it is evaluated to: write it to files before the gate runs, and name them under `generated`.',
    };
  });
}
