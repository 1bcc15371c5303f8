import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Random, randomFrom } from '../agreement/random.ts';
import { characters, keys, lines, phrases, scalars, separators } from './pieces.ts';

const root = path.join(import.meta.dirname, '../..');
const listKinds = ['List', 'PodList', 'ConfigMap', 'Deployment', 'DeploymentList', 'Thing'];

/** Documents of this repository, each with names that no other has. */
function samples(): readonly string[] {
  return ['examples', 'test/fixtures', 'policies'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
      .filter((text) => /^kind:/m.test(text) && text.length < 1_600),
  );
}

const own = [
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true\n  containers:\n  - name: c\n    image: x:1\n    args: [a, "b", \'c\']\n',
  'kind: ConfigMap\napiVersion: v1\nmetadata: {name: b, labels: {a: b}}\ndata:\n  a: |\n    b\n    ---\n    c\n  d: >-\n    e\n    f\n\n    g\n  h: "i\n    j"\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec: &s\n  replicas: 1\n  x: &x {a: 1}\n  y: *x\n  z:\n    <<: *x\n    b: 2\n',
  '- a\n- b: c\n',
  'a: 1\n',
  'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes:\n- role: worker\n',
];

function asJson(value: unknown, random: Random): string {
  const text = JSON.stringify(value, null, random.pick<string | number>([0, 1, 2, '\t']));
  return random.chance(0.2)
    ? text.replace(/"(?:apiVersion|kind)"/, (key) => `"\\u00${key.charCodeAt(1).toString(16)}${key.slice(2)}`)
    : text;
}

function jsonObject(random: Random, index: number): unknown {
  const name = `j${index}-${random.int(1_000)}`;
  const value = random.pick<unknown>([
    1,
    -0,
    1e21,
    1.5,
    2 ** 53,
    'a\u2028b',
    'é\u{1f600}',
    null,
    true,
    [],
    {},
    [[1]],
    { '': 1 },
    'x\\"y',
    '---',
    '\n---\n',
  ]);
  const object = { apiVersion: 'v1', kind: random.pick(['Pod', 'ConfigMap', 'List']), metadata: { name }, data: { value } };
  return random.chance(0.2)
    ? { kind: random.pick(listKinds), apiVersion: 'v1', items: [object, { metadata: { name: `${name}i` } }] }
    : object;
}

function stream(random: Random): string {
  const between = ['', '\n', ' ', '\n---\n', '\r\n', '\t', ',', '# c\n', '\u00a0', '\n\n', 'x', '...\n'];
  const parts = Array.from({ length: 1 + random.int(4) }, (_, index) =>
    random.chance(0.85)
      ? asJson(jsonObject(random, index), random)
      : random.pick(['1', '"a"', 'null', '[]', '{', own[0] ?? '', '{"a":1,"a":2}', '{a: b}', '\ufeff{}']),
  );
  return (
    random.pick<string>(['', '', '\n', ' ', '\u00a0', '# c\n', '---\n', '\ufeff', '\n\u3000']) +
    parts.map((part) => part + random.pick(between)).join('')
  );
}

function listOf(text: string, random: Random): string {
  const items = [
    text,
    ...random.several(2, (index) => `kind: Pod\n${random.chance(0.7) ? 'apiVersion: v1\n' : ''}metadata: {name: i${index}}\n`),
  ];
  const head = `${random.chance(0.7) ? 'apiVersion: v1\n' : ''}kind: ${random.pick(listKinds)}\n${random.chance(0.3) ? 'metadata: {name: l}\n' : ''}`;
  return `${head}items:\n${items.map((item) => `- ${item.trimEnd().replaceAll('\n', '\n  ')}\n`).join('')}`;
}

type Change = (text: string, random: Random) => string;

function onLine(change: (line: string, random: Random) => string): Change {
  return (text, random) => {
    const all = text.split('\n');
    const at = random.int(all.length);
    return all.toSpliced(at, 1, change(all[at] ?? '', random)).join('\n');
  };
}

const indent = (line: string) => /^ */.exec(line)?.[0] ?? '';
const changes: readonly Change[] = [
  onLine((line, random) => `${random.pick(separators)}\n${line}`),
  onLine((line, random) =>
    line.replace(/^( *(?:- )?[^:#]+: *).*/, (_all, before: string) => `${before.trimEnd()} ${random.pick(scalars)}`),
  ),
  onLine((line, random) =>
    line.replace(/^( *(?:- )?[^:#]+: *).*/, (_all, before: string) => `${before.trimEnd()} ${random.pick(phrases)}`),
  ),
  onLine((line, random) =>
    line.replace(/^( *(?:- )?)[^:#]+:/, (_all, before: string) => `${before}${random.pick([...keys, ...scalars])}:`),
  ),
  onLine((line, random) => `${indent(line)}${random.pick([...scalars, ...keys])}: ${random.pick(scalars)}\n${line}`),
  onLine((line, random) => `${indent(line)}${random.pick(lines)}\n${line}`),
  onLine((line, random) => `${random.pick(lines)}\n${line}`),
  onLine((line, random) => line.replace(/: /, random.pick([':\t', ':  ', ' : ', ':', ':\n  ', ': \t']))),
  onLine((line, random) =>
    random.pick([
      ` ${line}`,
      line.slice(1),
      `\t${line}`,
      `${line} `,
      `${line}\t`,
      `${line} # c`,
      `${line}\t# c`,
      `${line}\r`,
      `\ufeff${line}`,
      '',
    ]),
  ),
  onLine((line, random) => {
    const at = random.int(line.length + 1);
    return line.slice(0, at) + random.pick(characters) + line.slice(at + random.int(2));
  }),
  (text, random) => text.slice(0, random.int(text.length + 1)),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text, random) =>
    `${text}${random.pick(separators)}\n${random.pick(['', '\ufeff', '\ufeff# c\n', '# c\n', '\n', ' ', '...\n'])}${random.pick(own)}`,
  (text, random) => `${text}---\n${stream(random)}`,
  (text, random) => `${stream(random)}\n${text}`,
  (text, random) =>
    `${random.pick(['|', '>', '"', "'", '# c', 'a', '- |', '...', '{', 'x: |', '%YAML 1.1'])}\n${random.pick(separators)}\n${text}`,
  listOf,
  (text) => text.replace(/^apiVersion: .*\n/m, ''),
  (text) => text.replace(/^kind: .*\n/m, ''),
  (text) => text.replace(/^( *)name: .*\n/m, '$1name: 5\n'),
];

/** Texts that a seed decides. */
export function documents(seed: number, count: number): readonly string[] {
  const random = randomFrom(seed);
  const bases = [...samples(), ...own, ...own, ...own];
  const each = [...scalars, ...phrases].flatMap((scalar) => [
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx: ${scalar}\n`,
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx:\n- ${scalar}\n- b\n`,
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx: [${scalar}, b]\n`,
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx: {a: ${scalar}, b: c}\n`,
  ]);
  const eachKey = [...keys, ...scalars, ...phrases].flatMap((key) => [
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx:\n  ${key}: b\n`,
    `kind: A\napiVersion: a/v1\nmetadata: {name: a}\nx: {${key}: b}\n`,
  ]);
  const made = Array.from({ length: Math.max(0, count - each.length - eachKey.length) }, (_, index) => {
    if (index % 10 === 0) return stream(random);
    let text = random.pick(bases);
    for (let left = 1 + random.int(3); left > 0; left -= 1) text = random.pick(changes)(text, random);
    return text;
  });
  return [...each, ...eachKey, ...made];
}
