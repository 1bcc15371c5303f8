import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** An empty folder of this test file's own. */
export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-test-'));
  made.push(folder);
  return folder;
}

/** Removes what `emptyFolder` made; for `afterAll`. */
export function removeTempFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
