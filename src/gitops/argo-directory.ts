import { RE2JS } from 're2js';
import { folderOf, isInside } from '../model/paths.ts';
import type { Workspace } from './workspace.ts';

interface Choice {
  readonly recurse?: boolean | null | undefined;
  readonly include?: string | null | undefined;
  readonly exclude?: string | null | undefined;
}

/** The files of a folder that Argo CD reads manifests from: https://argo-cd.readthedocs.io/en/stable/user-guide/directory/ */
export function chosenFiles(folder: string, { recurse, include, exclude }: Choice, { files }: Workspace): readonly string[] {
  const [included, excluded] = [include ? globTest(include) : undefined, exclude ? globTest(exclude) : undefined];
  return [...files].filter((file) => {
    if (!isInside(file, folder) || !/\.(?:ya?ml|json|jsonnet)$/.test(file)) return false;
    if (recurse !== true && folderOf(file) !== folder) return false;
    const name = folder === '' ? file : file.slice(folder.length + 1);
    return excluded?.(name) !== true && included?.(name) !== false;
  });
}

/** As github.com/gobwas/glob without separators: an asterisk matches any text, `{a,b}` one of several. An invalid pattern matches nothing. */
function globTest(glob: string): (text: string) => boolean {
  let expression = '';
  let open = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at] ?? '';
    const list = /^\[(!?)(\\?[^\]]*)\]/.exec(glob.slice(at));
    if (character === '*') expression += '.*';
    else if (character === '?') expression += '.';
    else if (character === '{') {
      open += 1;
      expression += '(?:';
    } else if (character === '}' && open > 0) {
      open -= 1;
      expression += ')';
    } else if (character === ',' && open > 0) expression += '|';
    else if (character === '[' && list !== null) {
      expression += `[${list[1] === '!' ? '^' : ''}${(list[2] ?? '').replaceAll(/[\\^[\]]/g, '\\$&')}]`;
      at += list[0].length - 1;
    } else {
      if (character === '\\') at += 1;
      expression += RE2JS.quote(character === '\\' ? (glob[at] ?? '') : character);
    }
  }
  try {
    // Linear in the text, whatever pattern a change has.
    const pattern = RE2JS.compile(expression, RE2JS.DOTALL);
    return (text) => pattern.matches(text);
  } catch {
    return () => false;
  }
}
