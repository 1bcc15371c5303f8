import { afterAll, describe, expect, it } from 'vitest';
import { config, deployment, found } from '../../test/support/settings-bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';

afterAll(removeTempFolders);

const licenses = 'licenses:\n  deny: [GPL-*]\n';

describe('licenses', () => {
  it.each(['', 'engines:\n  trivy: { scanners: [secret] }\n'])('that Trivy evaluates are not reported: %s', async (engines) => {
    expect(await found({ ...config(licenses + engines), 'k8s/web.yaml': deployment('web', 'shop') })).toEqual([]);
  });

  it.each([
    ['trivy: false', 'Trivy is disabled'],
    ['trivy: { scanners: [misconfig] }', '`engines.trivy.scanners` contains no scanner of images'],
  ])('that nothing evaluates are reported: %s', async (engines, why) => {
    expect(await found(config(`${licenses}engines:\n  ${engines}\n`))).toEqual([
      `unknown .k8s-gate.yaml:2 \`licenses\` is not evaluated, because ${why}`,
    ]);
  });

  it.each([
    ['deny: [GPL3]', '`GPL3` is not a license of the SPDX list'],
    ['allow: []', 'licenses.allow'],
    ['unknown: low', 'expected `deny` or `allow`'],
    ['deny: [MIT OR ISC]', 'is an expression'],
    ['denied: [MIT]', 'unknown key `denied`'],
  ])('that match nothing are refused: %s', async (text, message) => {
    await expect(found(config(`licenses:\n  ${text}\n`))).rejects.toThrow(message);
  });
});
