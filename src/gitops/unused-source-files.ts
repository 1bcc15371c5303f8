import type { Gap } from '../model/gap.ts';

export function isSourceFile(file: string): boolean {
  return /(?:^|\/)\.argocd-source(?:-[^/]+)?\.yaml$/.test(file);
}

/** What the rest of the files would set is unknown: it depends on Applications that are not in the repository. */
export function unusedSourceFiles(files: readonly string[], used: ReadonlySet<string>): readonly Gap[] {
  return files.filter(isSourceFile).flatMap((file) =>
    used.has(file)
      ? []
      : [
          {
            file,
            subject: `what Argo CD deploys with ${file}`,
            reason: 'it changes what Argo CD renders from its folder, and no Application that is evaluated uses it',
            next: 'Add the Application to the repository, or review the file and waive gate/not-evaluated for it.',
          },
        ],
  );
}
