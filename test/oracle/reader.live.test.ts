import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { documents } from './documents.ts';
import { askOracle, buildOracle } from './oracle.ts';

const oracle = buildOracle();
const { READER_SEED: seed, READER_DOCUMENTS: count } = process.env;

/** Where the gate fails and kubectl reads on: what tools read differently, or what is not YAML for a parser that follows the specification. */
const stricter = new Map<string, RegExp>([
  ['kubectl refuses it when it validates', /^`apiVersion` is missing/],
  ['the API server refuses it', /^`metadata.namespace` must be a string/],
  ['a line break or byte order mark that only some tools know', /^the (?:character|byte order mark) U\+/],
  ['a key twice', /^the key .* appears twice in one map/],
  ['a merge that tools read differently', /<</],
  ['a tag that is unknown, or that tools read differently', /Unresolved tag|^(?:a|the) tag |^the value does not fit its tag/],
  ['an indicator without a space', /^a \? or : without a space|Comments must be separated/],
  [
    'text behind the end of a document',
    /: Unexpected .*(?:at node end|token)|Implicit keys need|must start at the same column|compact mappings|Block scalar header/,
  ],
  [
    'text behind the end of a document, or an alias of another',
    /begin|start with directive|followed by map values|has no anchor$/,
  ],
  ['a flow collection or quoted text that goes on at the margin', /must be sufficiently indented|Missing closing/],
  ['a dash in a flow collection', /within flow collections|of flow sequence pairs/],
  ['an escape that only Go knows', /Invalid escape sequence/],
  ['text behind the indicator of a block scalar', /^broken YAML: Block scalar header/],
  ['a key that is not text', /^a key of a map/],
]);

describe.skipIf(oracle === undefined)('compared with the reader of kubectl apply and of Helm', () => {
  it('hides no object, reads the same content, and is stricter only for known reasons', () => {
    if (oracle === undefined) return;
    const texts = documents(Number(seed ?? 13), Number(count ?? 20_500));
    const answers = askOracle(oracle, texts);
    expect(answers).toHaveLength(texts.length);
    const found = texts.map((text, index) => ({
      text,
      difference: compare(text, answers[index] ?? { objects: [], error: undefined }),
    }));
    expect(found.filter(({ difference }) => difference?.is === 'hidden')).toEqual([]);
    const counts = new Map<string, number>();
    for (const { difference } of found) {
      if (difference?.is !== 'stricter') continue;
      const [why] = [...stricter].find(([, pattern]) => pattern.test(difference.reason)) ?? [difference.reason];
      counts.set(why, (counts.get(why) ?? 0) + 1);
    }
    const read = answers.filter(({ objects }) => objects.length > 0).length;
    console.log(`${texts.length} documents; kubectl reads objects in ${read} of them. The gate is stricter for:`);
    console.log(
      [...counts]
        .toSorted(([, one], [, other]) => other - one)
        .map(([why, times]) => `${times}  ${why}`)
        .join('\n'),
    );
    expect([...counts.keys()].filter((why) => !stricter.has(why))).toEqual([]);
    // Who fails at everything hides nothing: most must be read, and be the same.
    expect(read).toBeGreaterThan(texts.length / 3);
    expect([...counts.values()].reduce((sum, times) => sum + times, 0)).toBeLessThan(read / 4);
  });
});
