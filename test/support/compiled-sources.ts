import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { emptyFolder } from './temp-folders.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** Some folders of src/ as JavaScript in a temporary folder, for tests that need processes of their own; answers with that folder. */
export function compileSources(folders: readonly string[]): string {
  const out = emptyFolder();
  writeFileSync(path.join(out, 'package.json'), '{"type":"module"}');
  symlinkSync(path.join(root, 'node_modules'), path.join(out, 'node_modules'));
  for (const folder of folders) {
    for (const name of readdirSync(path.join(root, 'src', folder))) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const { outputText } = ts.transpileModule(readFileSync(path.join(root, 'src', folder, name), 'utf8'), {
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2022,
          rewriteRelativeImportExtensions: true,
          verbatimModuleSyntax: true,
        },
      });
      mkdirSync(path.join(out, folder), { recursive: true });
      writeFileSync(path.join(out, folder, name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return out;
}
