import { describe, expect, it } from 'vitest';
import { readSarif } from './log.ts';
import { placeOf } from './place.ts';

function place(artifactLocation: object, run: object = {}) {
  const result = { message: { text: 'x' }, locations: [{ physicalLocation: { artifactLocation, region: { startLine: 3 } } }] };
  const text = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 't' } }, results: [result], ...run }] });
  const [parsed] = readSarif('x.sarif', text).runs;
  const [first] = parsed?.results ?? [];
  if (parsed === undefined || first === undefined) throw new Error('no result');
  return placeOf(parsed, first, '/work/repo')?.file;
}
const bases = (uri?: string) => ({
  originalUriBaseIds: { ROOT: { ...(uri !== undefined && { uri }) }, SRC: { uri: 'src/', uriBaseId: 'ROOT' } },
});

describe('placeOf', () => {
  it.each<[object, object, string | undefined]>([
    [{ uri: 'deploy/app.yaml' }, {}, 'deploy/app.yaml'],
    [{ uri: './deploy/my%20app.yaml' }, {}, 'deploy/my app.yaml'],
    [{ uri: 'file:///work/repo/deploy/app.yaml' }, {}, 'deploy/app.yaml'],
    [{ uri: 'file:/work/repo/a.yaml' }, {}, 'a.yaml'],
    [{ uri: 'file://localhost/work/repo/a.yaml' }, {}, 'a.yaml'],
    [{ uri: 'app.yaml', uriBaseId: 'SRC' }, bases('file:///work/repo/'), 'src/app.yaml'],
    [{ uri: 'app.yaml', uriBaseId: 'SRC' }, bases('file:///elsewhere/'), undefined],
    [{ uri: 'app.yaml', uriBaseId: 'UNKNOWN' }, {}, 'app.yaml'],
    [{ index: 0 }, { artifacts: [{ location: { uri: 'a.yaml' } }] }, 'a.yaml'],
    [{ index: 4 }, {}, undefined],
    [{ uri: '../other/a.yaml' }, {}, undefined],
    [{ uri: 'a/%2e%2e/%2e%2e/b.yaml' }, {}, undefined],
    [{ uri: 'file:///etc/passwd' }, {}, undefined],
    [{ uri: 'file://server/share/a.yaml' }, {}, undefined],
    [{ uri: '/work/repository/a.yaml' }, {}, undefined],
    [{ uri: 'https://example.com/a.yaml' }, {}, undefined],
    [{ uri: '%zz' }, {}, undefined],
    [{ uri: 'x', uriBaseId: 'A' }, { originalUriBaseIds: { A: { uri: 'y', uriBaseId: 'A' } } }, undefined],
  ])('%j %j: %s', (location, run, file) => {
    expect(place(location, run)).toBe(file);
  });
});
