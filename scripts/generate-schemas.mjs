// Writes schemas/report.schema.json and the table of fields in docs/reports.md from the zod schema of the JSON report. Reads lib/, so
// run tsc first. `--check` writes nothing and fails if a file is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { docsFile, docsText, schemaFile, schemaText } from './report-schema.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { reportJsonSchema } = await import(path.join(root, 'lib/reports/json/schema.js'));
const schema = reportJsonSchema();
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const wanted = { [schemaFile]: schemaText(schema), [docsFile]: docsText(read(docsFile), schema) };

mkdirSync(path.join(root, 'schemas'), { recursive: true });
for (const [file, text] of Object.entries(wanted)) {
  if (!process.argv.includes('--check')) writeFileSync(path.join(root, file), text);
  else if (read(file) !== text) {
    console.error(`${file} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  }
}
