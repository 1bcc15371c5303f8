import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileTexts } from './inputs/manifests.ts';
import type { Row } from './row.ts';
import { type Section, textTable } from './table.ts';
import type { BenchTools } from './tools.ts';

/** The environment of a measurement. */
export interface Bench {
  /** Small inputs that take seconds, to try the bench itself. */
  readonly quick: boolean;
  /** Belongs to this run; removed at its end. */
  readonly folder: string;
  readonly tools: BenchTools;
  readonly say: (text: string) => void;
}

export interface Measure {
  readonly id: string;
  readonly title: string;
  /** How it is measured, in sentences. */
  readonly how: string;
  readonly run: (bench: Bench) => Promise<readonly Row[]>;
}

/** Runs the measurements in sequence. One that fails becomes a row with its reason, and the others still run. */
export async function runMeasures(measures: readonly Measure[], bench: Bench): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const { id, title, how, run } of measures) {
    bench.say(`(${id}) ${title}`);
    const rows = await run(bench).catch((error: unknown): readonly Row[] => [
      { kind: 'broken', what: title, reason: String(error) },
    ]);
    const section = { id, title, how, rows };
    // All of it takes long enough to be interrupted.
    bench.say(textTable([section]));
    sections.push(section);
  }
  return sections;
}

/** An empty folder of this run. */
export function newFolder(bench: Bench, name: string): string {
  return mkdtempSync(path.join(bench.folder, `${name}-`));
}

export function writeFiles(folder: string, files: FileTexts): void {
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/**
 * All files of some folders in one flat folder: Kyverno's command line reads only the first of several `-r`, and only the direct files of a
 * folder. It silently ignores the rest.
 */
export function flattened(bench: Bench, folders: readonly string[]): string {
  const into = newFolder(bench, 'flat');
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
  for (const [index, file] of files.filter((entry) => entry.isFile()).entries())
    copyFileSync(path.join(file.parentPath, file.name), path.join(into, `${index}-${file.name}`));
  return into;
}
