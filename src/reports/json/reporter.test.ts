import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { docsFile, docsText, schemaFile, schemaText } from '../../../scripts/report-schema.mjs';
import {
  blocked,
  canned,
  type clean,
  hostile,
  hostileText,
  huge,
  incomplete,
  renderContext,
} from '../../../test/support/verdicts.ts';
import { jsonReporter } from './reporter.ts';
import { Report, reportJsonSchema } from './schema.ts';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const render = (verdict: typeof clean): unknown => JSON.parse(jsonReporter.render(verdict, renderContext));
const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(read(schemaFile)));

describe('the JSON report', () => {
  it.each(Object.entries({ ...canned, huge }))(
    'follows the published schema and has no field that it lacks: %s',
    (_name, verdict) => {
      const report = render(verdict);
      validate(report);
      expect(validate.errors).toBeNull();
      expect(Report.parse(report)).toEqual(report);
    },
  );

  it('is refused by the schema where a field is missing or wrong', () => {
    const report = Report.parse(render(blocked));
    for (const broken of [
      { ...report, outcome: 'fine' },
      { ...report, schemaVersion: 2 },
      { ...report, coverage: undefined },
      { ...report, findings: [{}] },
    ])
      expect(validate(JSON.parse(JSON.stringify(broken)))).toBe(false);
  });

  it('leaves nothing of the verdict out', () => {
    const report = Report.parse(render(blocked));
    expect(Object.keys(report)).toEqual(expect.arrayContaining(Object.keys(blocked)));
    for (const [index, { finding }] of blocked.findings.entries()) expect(report.findings[index]).toMatchObject(finding);
    expect(report.coverage).toEqual(blocked.coverage);
    expect(Report.parse(render(incomplete)).errors[0]).toMatchObject({ code: 'RENDER_FAILED', line: 14 });
  });

  it('keeps text from outside to the letter, and large integers to the digit', () => {
    const report = Report.parse(render(hostile));
    expect(report.findings[0]?.title).toBe(hostileText);
    expect(jsonReporter.render(hostile, renderContext)).toContain('9007199254740993');
  });
});

describe('generated files', () => {
  it('schemas/report.schema.json is fresh', () => {
    expect(read(schemaFile)).toBe(schemaText(reportJsonSchema()));
  });

  it('the table of fields in docs/reports.md is fresh', () => {
    expect(read(docsFile)).toBe(docsText(read(docsFile), reportJsonSchema()));
  });
});
