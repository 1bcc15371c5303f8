import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hostileText } from '../../test/support/verdicts.ts';
import { xml } from './escape.ts';

it('XML text is read back by Python’s strict parser, with characters that XML does not allow made visible', () => {
  const document = `<r a="${xml(hostileText)}">${xml(hostileText)}</r>`;
  const script =
    'import sys,json,xml.etree.ElementTree as e; r=e.fromstring(sys.stdin.buffer.read()); print(json.dumps([r.get("a"), r.text]))';
  const [attribute, text]: unknown[] = JSON.parse(execFileSync('python3', ['-c', script], { input: document, encoding: 'utf8' }));
  expect(attribute).toBe(text);
  expect(text).toContain('<script>alert(1)</script>');
  expect(text).toContain('\\u{1b}[31mred');
});
