import { stringify } from 'yaml';
import { randomFrom } from '../../test/agreement/random.ts';
import { application } from './applications.ts';

export type FileTexts = ReadonlyMap<string, string>;

export interface ManifestsWanted {
  /** Documents, exactly. */
  readonly count: number;
  readonly seed: number;
  readonly images?: readonly string[];
}

const filesPerFolder = 100;
const someImages = ['web:2.4.1', 'api:1.9.0', 'worker:5.1.0', 'cache:latest', 'proxy:3.2.0'].map(
  (name) => `registry.example.com/team/${name}`,
);

/** Plain manifests, several documents a file and 100 files a folder. The same seed gives the same bytes on every machine. */
export function manifestFiles({ count, seed, images = someImages }: ManifestsWanted): FileTexts {
  const random = randomFrom(seed);
  const files = new Map<string, string>();
  for (let made = 0, index = 0; made < count; index++) {
    const documents = application(random, index, images).slice(0, count - made);
    made += documents.length;
    const folder = `deploy/group-${String(Math.floor(index / filesPerFolder)).padStart(3, '0')}`;
    files.set(
      `${folder}/app-${index}.yaml`,
      documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n'),
    );
  }
  return files;
}

/** The same repository after a change to one file in a hundred. */
export function onePercentChanged(files: FileTexts): FileTexts {
  return new Map(
    [...files]
      .filter((_, index) => index % 100 === 0)
      .map(([file, text]) => [file, text.replace(/^ {2}name: (.*)$/m, '  name: $1-changed')]),
  );
}
