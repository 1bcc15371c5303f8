import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { measureCase, missesOf } from './measure.ts';
import { plainCases } from './plain.labels.ts';

const noTools = () => Promise.reject(new Error('plain files need no tool'));

describe('lines of plain files', () => {
  afterAll(removeTempFolders);

  it.each(plainCases)('knows who set what in $name', async (one) => {
    expect(missesOf(await measureCase(one, noTools))).toEqual([]);
  });
});
