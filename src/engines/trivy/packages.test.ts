import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { image } from '../../../test/support/model.ts';
import { root } from '../../../test/support/root.ts';
import { joined } from '../part.ts';
import { judged, renamed } from './image-report.ts';
import { packagesOf, parseReport } from './output.ts';

const text = readFileSync(path.join(root, 'test/fixtures/trivy/image-alpine.0.74.0.json'), 'utf8');
const recorded = parseReport(text, 'scan');
const web = image(recorded.ArtifactName);
const part = (packages: boolean) => judged(web, recorded, { warnings: [], packages });

describe('packages of an image', () => {
  it('are those of all package managers, without what has another shape', () => {
    expect(packagesOf(recorded).map(({ name }) => name)).toEqual(['libcrypto3', expect.any(String), 'minimist']);
    const odd = {
      ...recorded,
      Results: [{ Target: 'x', Class: 'os-pkgs', Packages: [{ Name: '' }, 7, { Name: 'a', Version: '' }] }],
    };
    expect(packagesOf(odd)).toEqual([{ name: 'a' }]);
  });

  it('are collected only if they are wanted, and belong to every reference with that content', () => {
    expect(part(false).packages).toBeUndefined();
    expect(joined([part(false)]).packages).toBeUndefined();
    const own = part(true);
    const other = renamed(own, web.reference, 'other:1');
    expect(Object.keys(joined([own, other]).packages ?? {})).toEqual([web.reference, 'other:1']);
    expect(other.packages?.['other:1']).toEqual(packagesOf(recorded));
  });
});
