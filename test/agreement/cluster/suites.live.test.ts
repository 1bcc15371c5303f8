import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askOracle, buildOracle, statusesOf } from './oracle.ts';
import { suites } from './suites.ts';
import { compare, heading, line, type Row } from './tally.ts';

const { AGREEMENT_SUITES: clones, AGREEMENT_WRITE: page } = process.env;
if (clones === undefined) console.warn('SKIPPED: AGREEMENT_SUITES names no folder with clones of the published suites');
const oracle = clones === undefined ? undefined : buildOracle();
const lines: string[] = [];
const marked = /<!-- suites -->[\s\S]*<!-- \/suites -->/;

function excerpt({ question, ours, theirs, is }: Row): string {
  return `${is}: ${question.name}\n  here: ${ours.statuses.join()} ${ours.messages[0] ?? ''}\n  API server: ${statusesOf(theirs).join()} ${JSON.stringify(theirs.bindings).slice(0, 300)}`;
}

describe.skipIf(oracle === undefined).sequential('published policies in CEL', () => {
  it.each(suites)('$title: the same answer as an API server', ({ title, folder, read }) => {
    const clone = path.join(clones ?? '', folder);
    if (oracle === undefined || !existsSync(clone)) throw new Error(`${clone} does not exist: clone the suite there`);
    const questions = read(clone);
    const answers = askOracle(oracle, questions);
    const rows = questions.map((question, index) =>
      compare(question, answers[index] ?? { matched: false, error: 'no answer', refused: '', bindings: [] }),
    );
    const commit = execFileSync('git', ['-C', clone, 'rev-parse', '--short=9', 'HEAD'], { encoding: 'utf8' }).trim();
    lines.push(line(title, commit, rows));
    console.log(lines.at(-1));
    console.log(
      rows
        .filter(({ is }) => is !== 'equal' && is !== 'invalid')
        .map(excerpt)
        .join('\n'),
    );
    expect(rows.filter(({ is }) => is === 'passed' || is === 'taken').map(excerpt)).toEqual([]);
    const asked = rows.filter(({ is }) => is !== 'invalid');
    expect(asked.length).toBeGreaterThan(90);
    expect(rows.filter(({ is }) => is === 'equal').length / asked.length).toBeGreaterThanOrEqual(0.98);
  });

  it.skipIf(page === undefined)('write the table of the page', () => {
    const file = path.join(import.meta.dirname, '../../..', page ?? '');
    const table = `<!-- suites -->\n\n${heading}\n${lines.join('\n')}\n\n<!-- /suites -->`;
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(marked);
    writeFileSync(
      file,
      text.replace(marked, () => table),
    );
  });
});
