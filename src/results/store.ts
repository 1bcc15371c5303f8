import path from 'node:path';
import * as z from 'zod';
import { createResults, type Results, type StoredResult } from '../engines/results.ts';
import { attempt, parseJson } from '../model/attempt.ts';
import type { Ports } from '../ports/ports.ts';
import { storedResultSchema } from './schema.ts';
import { isOurs, type Line, type Owner, readLine, sealed, secretOf } from './seal.ts';

/** A result that nobody asked for in this time is let go. */
const maxAgeDays = 14;
/** Of one engine, in UTF-16 units; the longest unused go first. 10,000 resources take about 10 MiB. */
const maxLength = 64 * 1024 * 1024;
const dayMs = 86_400_000;

export interface StoreOptions {
  readonly ports: Pick<Ports, 'files' | 'clock' | 'log'>;
  /** Absolute; `<build>/<engine>.results` is kept below it. */
  readonly folder: string;
  /** What tells our own entries from others'. Known to nobody who writes a change that is judged. */
  readonly secret: string;
  /** Another version or build of the gate does not reuse results: hex of a hash. */
  readonly build: string;
}

export interface ResultStore {
  readonly results: Results;
  /** Whether a run learned something that is worth keeping. */
  readonly changed: () => boolean;
  /** Writes what this run used and learned. Never rejects: a result that is not kept is judged again. */
  save(): Promise<void>;
}

/** Where one build of the gate keeps its own. */
export function placeOf(folder: string, build: string): string {
  return path.join(folder, build.slice(0, 16));
}

interface Shelf {
  readonly owner: Owner;
  readonly file: string;
  readonly lines: Map<string, Line>;
  readonly used: Set<string>;
}

/** Results of earlier runs. Unreadable files are ignored; an entry that is not ours is dropped with a warning when it is asked for. */
export async function openStore(options: StoreOptions): Promise<ResultStore> {
  const { ports, folder, secret, build } = options;
  const place = placeOf(folder, build);
  const shelves = new Map<string, Shelf>();
  const shelfOf = (engine: string, lines: Map<string, Line>): Shelf => {
    const file = path.join(place, `${engine}${ending}`);
    return { owner: { secret, build, engine }, file, lines, used: new Set() };
  };
  for (const engine of await enginesIn(place, ports)) {
    shelves.set(engine, shelfOf(engine, await readLines(path.join(place, `${engine}${ending}`), ports)));
  }
  let foreign = 0;
  const find = (engine: string, key: string): StoredResult | undefined => {
    const shelf = shelves.get(engine);
    const line = shelf?.lines.get(key);
    if (shelf === undefined || line === undefined) return undefined;
    const result = read(shelf.owner, line);
    if (result === undefined) {
      shelf.lines.delete(key);
      if (foreign++ === 0)
        ports.log.warn(
          `${shelf.file} contains results that this gate did not write, or that were changed: they are dropped and evaluated again`,
        );
    } else shelf.used.add(key);
    return result;
  };
  const memory = createResults({ find, secret: secretOf(secret, build) });
  const today = new Date(ports.clock.now().getTime()).toISOString().slice(0, 10);
  return {
    results: memory,
    changed: () => foreign > 0 || memory.kept.size > 0,
    async save() {
      try {
        for (const engine of new Set([...shelves.keys(), ...memory.kept.keys()])) {
          const shelf = shelves.get(engine) ?? shelfOf(engine, new Map());
          await write(shelf, memory.kept.get(engine) ?? new Map(), today, ports);
        }
        await removeOld(folder, place, ports);
      } catch (thrown) {
        ports.log.warn(`results are not kept: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    },
  };
}

/** Of files of results. */
export const ending = '.results';

async function enginesIn(place: string, { files }: StoreOptions['ports']): Promise<readonly string[]> {
  if ((await files.stat(place).catch(() => undefined))?.kind !== 'folder') return [];
  const found = await files.walk(place, () => true).catch(() => []);
  return found
    .filter(({ kind, path: name }) => kind === 'file' && name.endsWith(ending))
    .map(({ path: name }) => name.slice(0, -ending.length));
}

/** Of other versions of the gate, where they were not written to in a while. */
async function removeOld(folder: string, place: string, { files, clock }: StoreOptions['ports']): Promise<void> {
  const oldest = clock.now().getTime() - maxAgeDays * dayMs;
  for (const { path: name } of await files.walk(folder, () => false)) {
    const file = path.join(folder, name);
    if (file.startsWith(`${place}${path.sep}`)) continue;
    if (((await files.stat(file))?.modifiedMs ?? Number.POSITIVE_INFINITY) < oldest) await files.remove(file);
  }
}

async function readLines(file: string, { files, log }: StoreOptions['ports']): Promise<Map<string, Line>> {
  try {
    const stat = await files.stat(file);
    if (stat?.kind !== 'file' || stat.size > 2 * maxLength) return new Map();
    const lines = (await files.readText(file)).split('\n').flatMap((text) => readLine(text) ?? []);
    return new Map(lines.map((line) => [line.key, line]));
  } catch (thrown) {
    log.warn(`results of earlier runs can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return new Map();
  }
}

function read(owner: Owner, line: Line): StoredResult | undefined {
  if (!isOurs(owner, line)) return undefined;
  return storedResultSchema().safeParse(parseJson(line.json)).data;
}

/** A line keeps its day until it is used on a later one; a file that would not change is not written. */
async function write(
  { owner, file, lines, used }: Shelf,
  kept: ReadonlyMap<string, StoredResult>,
  today: string,
  { files }: StoreOptions['ports'],
): Promise<void> {
  const oldest = new Date(Date.parse(today) - maxAgeDays * dayMs).toISOString().slice(0, 10);
  const current = [...lines.values()].filter((line) => line.day >= oldest && !kept.has(line.key));
  const renewed = current.filter(({ key, day }) => used.has(key) && day !== today);
  if (kept.size === 0 && renewed.length === 0 && current.length === lines.size) return;
  const entries = [
    ...[...kept].flatMap(([key, result]) => {
      // One of another shape could not be read: its target is evaluated again instead.
      const json = attempt(() => JSON.stringify(z.encode(storedResultSchema(), result)));
      return json === undefined ? [] : [{ day: today, text: sealed(owner, { day: today, key, json }) }];
    }),
    ...current.map((line) => {
      const day = used.has(line.key) ? today : line.day;
      return { day, text: day === line.day ? textOf(line) : sealed(owner, { ...line, day }) };
    }),
  ].toSorted((a, b) => (a.day === b.day ? 0 : a.day < b.day ? 1 : -1));
  let length = 0;
  const fitting = entries.filter(({ text }) => {
    length += text.length + 1;
    return length <= maxLength;
  });
  await files.write(file, `${fitting.map(({ text }) => text).join('\n')}\n`);
}

function textOf({ seal, day, key, json }: Line): string {
  return `${seal} ${day} ${key} ${json}`;
}
