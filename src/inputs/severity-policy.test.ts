import { describe, expect, it } from 'vitest';
import { parseConfig } from './config-file.ts';
import { riskConfig } from './risk.ts';
import { environments, severityPolicy } from './severity-policy.ts';

const load = (text: string) => parseConfig(`version: 1\n${text}\n`, '.k8s-gate.yaml');
const critical = (text: string) => severityPolicy(load(`severity:\n  critical: ${text}`), undefined).critical;

describe('conditions in the configuration', () => {
  it('warn about what does not match, by default', () => {
    expect(critical('{ block: { kev: true } }')).toEqual({ block: [{ kev: true }], otherwise: 'warn' });
    expect(
      critical(
        '{ block: [{ kev: true }, { epss: ">= 0.1", exposed: true }], warn: { age: ">30d", fixable: true }, otherwise: allow }',
      ),
    ).toEqual({
      block: [{ kev: true }, { epss: 0.1, exposed: true }],
      warn: [{ age: 30, fixable: true }],
      otherwise: 'allow',
    });
  });

  it.each([
    ['{ block: { kve: true } }', 'unknown key `kve`', 'kev'],
    ['{ blok: { kev: true } }', 'unknown key `blok`', 'block'],
    ['{ block: {} }', 'expected one of kev, epss, age, fixable, exposed', ''],
    ['{ otherwise: allow }', 'expected `block` or `warn` with a condition', ''],
    ['{ block: [] }', 'severity.critical', ''],
    ['{ block: { kev: false } }', 'severity.critical.block.kev', ''],
    ['{ block: { age: "30d" } }', 'expected ">" and a number of days', ''],
    ['{ block: { age: ">0d" } }', 'expected ">" and a number of days', ''],
    ['{ block: { age: "<30d" } }', 'expected ">" and a number of days', ''],
    ['{ block: { age: ">720h" } }', 'expected ">" and a number of days', ''],
    ['{ block: { epss: 0.1 } }', 'expected ">=" and a probability from 0 to 1', ''],
    ['{ block: { epss: ">=NaN" } }', 'expected ">=" and a probability from 0 to 1', ''],
    ['{ block: { epss: ">=1.5" } }', 'expected ">=" and a probability from 0 to 1', ''],
    ['{ block: { epss: "<0.1" } }', 'expected ">=" and a probability from 0 to 1', ''],
    ['{ block: { kev: true }, otherwise: block }', 'severity.critical.otherwise', ''],
  ])('are refused with the place: %s', (text, message, expected) => {
    expect(() => critical(text)).toThrow(message);
    if (expected !== '') expect(() => critical(text)).toThrow(expected);
    expect(() => critical(text)).toThrow('.k8s-gate.yaml:3');
  });

  it('are tightened by an environment and by the run, and never loosened', () => {
    const kev = 'severity: { critical: { block: { kev: true } } }\n';
    const production = (text: string) => {
      const loaded = load(`${kev}environments: { production: { paths: [a], severity: { critical: ${text} } } }`);
      return environments(loaded, severityPolicy(loaded, undefined))[0]?.severity.critical;
    };
    expect(production('block')).toBe('block');
    expect(production('{ block: [{ kev: true }, { fixable: true }] }')).toMatchObject({ otherwise: 'warn' });
    expect(() => production('warn')).toThrow('`critical: warn` is looser than the default (block if kev; otherwise warn)');
    expect(() => production('{ block: { kev: true, fixable: true } }')).toThrow('is looser than the default');
    expect(severityPolicy(load(kev), 'critical=block').critical).toBe('block');
    expect(() => severityPolicy(load(kev), 'critical=warn')).toThrow('is looser than the configuration');
  });
});

describe('data about exploitation', () => {
  const risk = (text: string) => {
    const loaded = load(text);
    return riskConfig(loaded, [severityPolicy(loaded, undefined)]);
  };

  it('is loaded for what a condition or the configuration names, and for nothing else', () => {
    expect(risk('')).toBeUndefined();
    expect(risk('severity: { critical: { block: { fixable: true } } }')).toMatchObject({ wanted: [], needed: [] });
    expect(risk('severity: { critical: { block: { kev: true } } }')).toMatchObject({ wanted: ['kev'], needed: ['kev'] });
    expect(risk('risk: { epss: {} }')).toMatchObject({ wanted: ['epss'], needed: [] });
    expect(risk('risk: { kev: { file: kev.json, maxAge: 30d } }')?.sources.kev).toEqual({ file: 'kev.json', maxAge: '30d' });
  });

  it.each([
    ['{ kev: { url: "ftp://x" } }', 'expected an http or https URL'],
    ['{ kev: { url: "https://x", file: kev.json } }', 'expected `url` or `file`, not both'],
    ['{ kve: {} }', 'unknown key `kve`'],
  ])('is refused with a reason: %s', (text, message) => {
    expect(() => risk(`risk: ${text}`)).toThrow(message);
  });
});
