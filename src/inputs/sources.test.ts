import { describe, expect, it } from 'vitest';
import { parseConfig } from './config-file.ts';

const parse = (sources: string) => parseConfig(`version: 1\nsources: ${sources}\n`, '.k8s-gate.yaml').config.sources;

describe('the key `sources`', () => {
  it('names hosts, with a port where it is not the usual one, and mirrors of hosts', () => {
    const text =
      '{allow: [charts.example.com, "registry.internal:5000"], mirrors: {ghcr.io: "http://10.0.0.7:5000/ghcr"}, offline: true}';
    expect(parse(text)).toEqual({
      allow: ['charts.example.com', 'registry.internal:5000'],
      mirrors: { 'ghcr.io': 'http://10.0.0.7:5000/ghcr' },
      offline: true,
    });
  });

  it.each([
    '{allow: ["https://charts.example.com"]}',
    '{allow: ["charts.example.com/stable"]}',
    '{allow: ["*"]}',
    '{mirrors: {"https://ghcr.io": "https://a.example"}}',
    '{mirrors: {ghcr.io: a.example}}',
    '{mirrors: {ghcr.io: "file:///srv"}}',
    '{offline: maybe}',
    '{hosts: []}',
  ])('refuses %s', (text) => {
    expect(() => parse(text)).toThrow(/\.k8s-gate\.yaml:2/);
  });
});
