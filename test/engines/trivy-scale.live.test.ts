import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createResults } from '../../src/engines/results.ts';
import { scanImages } from '../../src/engines/trivy/scan-images.ts';
import { layOut } from '../../src/engines/trivy/workspace.ts';
import type { EnginePorts } from '../../src/ports/ports.ts';
import { buildImage, type OciImage, pushImage } from '../support/oci-image.ts';
import { vulnerableAlpine, vulnerableDebian } from '../support/sample-images.ts';
import type { TarEntry } from '../support/tar.ts';
import { emptyFolder } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { advisories } from '../support/trivy-advisories.ts';
import { type Bench, imageFindings, imageOf, runTrivyEngine, trivyContext } from '../support/trivy-bench.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';
import { useTrivyRegistry } from '../support/trivy-registry.ts';

const [found, registryTool] = await Promise.all([installedTool('trivy'), installedTool('registry')]);
const missing = [found ? '' : 'trivy', registryTool ? '' : 'registry', goVersion() === undefined ? 'go' : ''].filter(Boolean);
const skipped = missing.length > 0;
/** Nothing is reused of a binary without a known hash; its own hash is not what these tests are about. */
const tool = found && { ...found, sha256: found.sha256 ?? 'e'.repeat(64) };

describe.skipIf(skipped)(`trivy at scale, live${skipped ? ` (skipped: no ${missing.join(', ')})` : ''}`, () => {
  const registry = useTrivyRegistry(registryTool?.path);

  let starts: string[] = [];
  const counted = (real: EnginePorts): EnginePorts => ({
    ...real,
    processes: {
      ...real.processes,
      run(command) {
        starts.push(command.args[0] ?? '');
        return real.processes.run(command);
      },
    },
  });
  const bench = (references: readonly string[], part: Partial<Bench>): Bench => ({
    ...{ tool, cacheDir: registry.cacheDir, ports: counted, images: references.map((reference) => imageOf(reference)) },
    ...part,
    options: { scanners: ['vuln'], db: { repository: registry.database }, ...part.options },
  });
  const judge = (references: readonly string[], part: Partial<Bench> = {}) => {
    starts = [];
    return runTrivyEngine(bench(references, part));
  };
  const push = (image: OciImage, name: string, tag: string) => pushImage(image, registry.host, name, tag);

  it('starts nothing in a second run, and scans again what moved or with a new database', async () => {
    const results = createResults();
    const names = [await push(vulnerableAlpine, 'shop/a', '1'), await push(vulnerableDebian, 'shop/b', '1')];
    const first = await judge(names, { results });
    expect(starts.filter((what) => what === 'image').length).toBeGreaterThanOrEqual(2);
    const second = await judge(names, { results });
    expect(starts).toEqual([]);
    expect(second.findings).toEqual(first.findings);
    await push(vulnerableAlpine, 'shop/b', '1');
    const moved = await judge(names, { results });
    expect(starts).toEqual([]);
    expect(imageFindings(moved, names[1] ?? '')).toEqual(imageFindings(first, names[0] ?? ''));
    const rest = advisories.filter(({ id }) => id !== 'CVE-2025-9230');
    const other = await pushTrivyDb({ host: registry.host, repository: 'other-db', advisories: rest });
    const anew = await judge(names, { results, cacheDir: emptyFolder(), options: { db: { repository: other } } });
    expect(imageFindings(anew, names[0] ?? '')).toEqual(['CVE-2021-44906 minimist 1.2.0']);
  });

  it('judges a thousand references to twenty images', async () => {
    const base = layersOf(3);
    const images = Array.from({ length: 20 }, (_, index) => buildImage([...base, [own(index)]]));
    const names: string[] = [];
    for (let index = 0; index < 1_000; index++) {
      const image = images[index % images.length];
      if (image !== undefined) names.push(await push(image, `many/app-${index % 40}`, String(index)));
    }
    const before = childSeconds();
    const run = await judge(names);
    const seconds = childSeconds() - before;
    console.log(`1,000 references to 20 images: ${seconds.toFixed(1)} CPU seconds of Trivy, ${starts.length} processes`);
    expect(run.coverage.filter(({ status }) => status === 'evaluated')).toHaveLength(1_000);
    expect(Object.keys(run.digests ?? {})).toHaveLength(1_000);
    expect(starts.length).toBeLessThanOrEqual(23);
    expect(seconds).toBeLessThan(60);
  });

  /** For docs/engines.md: `BENCH_TRIVY=1 npx vitest run test/engines/trivy-scale.live.test.ts -t server`. */
  it.skipIf(process.env.BENCH_TRIVY === undefined)('is measured with and without a server of its own', async () => {
    for (const { what, packages, megabytes } of [
      { what: 'small', packages: 200, megabytes: 0 },
      { what: 'large', packages: 2_000, megabytes: 80 },
    ]) {
      const base = layersOf(packages, megabytes);
      const names: string[] = [];
      for (let index = 0; index < 40; index++)
        names.push(await push(buildImage([...base, [own(index)]]), `bench/${what}-${index}`, '1'));
      await judge(names.slice(0, 1));
      for (const count of [1, 2, 3, 4, 8, 20, 40]) {
        for (const serverFrom of [1, Number.POSITIVE_INFINITY]) {
          const bare = trivyContext(bench(names.slice(0, count), {}));
          const context = { ...bare, folders: await layOut(bare) };
          const [cpu, wall] = [childSeconds(), performance.now()];
          const wish = {
            scanners: ['vuln'],
            secretConfig: undefined,
            contents: new Map(),
            resolved: new Map(),
            sboms: new Map(),
          };
          await scanImages(context, bare.set.images, wish, serverFrom);
          const spent = `${(childSeconds() - cpu).toFixed(1)} CPU s, ${((performance.now() - wall) / 1000).toFixed(1)} s`;
          console.log(`${count} images, ${what} base, ${serverFrom === 1 ? 'with' : 'without'} a server: ${spent}`);
        }
      }
    }
  });
});

/** A base as images have them: one layer with the system, one with so many packages of JavaScript and so many megabytes in addition. */
function layersOf(packages: number, megabytes = 0): readonly (readonly TarEntry[])[] {
  const system: readonly TarEntry[] = [
    { path: 'etc/alpine-release', content: '3.22.1\n' },
    { path: 'etc/os-release', content: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\n' },
    {
      path: 'lib/apk/db/installed',
      content: 'C:Q1abcdefghijklmnopqrstuvwxyz0=\nP:libcrypto3\nV:3.5.1-r0\nA:x86_64\no:openssl\n\n',
    },
  ];
  const modules = Array.from({ length: packages }, (_, index) => ({
    path: `app/node_modules/package-${index}/package.json`,
    content: JSON.stringify({ name: `package-${index}`, version: '1.0.0', license: 'MIT' }),
  }));
  // Not even gzip finds anything in them.
  const files = Array.from({ length: megabytes }, (_, index) => ({
    path: `app/data/${index}.bin`,
    content: randomBytes(1_000_000),
  }));
  return [system, [...modules, ...files]];
}

function own(index: number): TarEntry {
  return { path: 'app/number', content: String(index) };
}

/** User and system time of children that have ended, in the kernel's hundredths: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
