type Status = 'passed' | 'failed' | 'skipped';

interface Reported {
  readonly name: string;
  readonly status: Status;
  readonly detail: string;
}
export interface ReportedTest extends Reported {
  readonly cases: readonly Reported[];
}
export interface GatorReport {
  readonly tests: readonly ReportedTest[];
  readonly verdict: 'PASS' | 'FAIL' | undefined;
}

interface Open {
  name: string;
  status: Status;
  readonly detail: string[];
  readonly cases: Open[];
}

/**
 * Reads `gator verify -v` (3.23.1), which looks like `go test -v`: `=== RUN   name` or `=== SKIP  name`, then `--- PASS: name\t(0.1s)` or
 * `--- FAIL: …` with the reason below it; a case is indented by four blanks. A test that only starts is failed.
 */
export function readReport(stdout: string): GatorReport {
  const tests: Open[] = [];
  let current: Open | undefined;
  let verdict: GatorReport['verdict'];
  for (const line of stdout.split('\n')) {
    const marker = /^( {4})?(=== RUN {3}|=== SKIP {2}|--- PASS: |--- FAIL: )(.*)$/.exec(line);
    if (marker !== null) {
      const [, indent, word = '', rest = ''] = marker;
      const list = indent === undefined ? tests : (tests.at(-1)?.cases ?? []);
      const name = rest.replace(/\t\([^)]*\)$/, '');
      if (word.startsWith('==='))
        list.push({ name, status: word.includes('SKIP') ? 'skipped' : 'failed', detail: [], cases: [] });
      current = list.at(-1);
      if (word.startsWith('---') && current?.name === name) current.status = word.includes('PASS') ? 'passed' : 'failed';
    } else if (/^(?:PASS|FAIL)$/.test(line)) verdict = line === 'PASS' ? 'PASS' : 'FAIL';
    else if (/^(?:ok|FAIL)\t/.test(line)) current = undefined;
    else if (line.trim() !== '') current?.detail.push(line.trim());
  }
  return { tests: tests.map((test) => ({ ...closed(test), cases: test.cases.map(closed) })), verdict };
}

function closed({ name, status, detail }: Open): Reported {
  return { name, status, detail: status === 'failed' ? detail.join(' ') : '' };
}
