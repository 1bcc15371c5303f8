// Writes what `npm run demo` prints into docs/transcript.md, without times. `--check` writes nothing and fails if the page differs.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const page = path.join(root, 'docs', 'transcript.md');
const [begin, end] = ['<!-- begin transcript: npm run demo -->', '<!-- end transcript -->'];

const printed = execFileSync(process.execPath, [path.join(root, 'scripts', 'demo.mjs')], {
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const timeless = printed.replaceAll(/\b\d+(\.\d+)? m?s\b/g, '… s').replaceAll(/[ \t]+$/gm, '');
const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error('docs/transcript.md: the markers around the transcript are missing');
const wanted = `${text.slice(0, from + begin.length)}\n\n\`\`\`text\n$ npm run demo\n${timeless.trim()}\n\`\`\`\n\n${text.slice(to)}`;

if (!process.argv.includes('--check')) writeFileSync(page, wanted);
else if (wanted !== text) {
  console.error(
    `docs/transcript.md does not show what the demo prints. Run \`node scripts/transcript.mjs\`. It printed:\n${timeless}`,
  );
  process.exitCode = 1;
} else console.log('docs/transcript.md shows what the demo prints');
