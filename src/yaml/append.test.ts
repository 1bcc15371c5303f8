import { describe, expect, it } from 'vitest';
import { appendToList } from './append.ts';
import { parseYaml } from './yaml.ts';

describe('appendToList', () => {
  const item = { rule: 'cel/a', reason: 'yes', expires: '2027-01-31', environments: ['on', 'staging'] };

  it('keeps comments, and what is before it', () => {
    const text =
      '# Agreed with security.\nversion: 1 # format\nwaivers:\n  # the first\n  - rule: cel/x # why\nvex: [a.json] # theirs\n';
    const after = appendToList(text, 'waivers', [item]);
    for (const comment of ['# Agreed with security.', '# format', '# the first', '# why', '# theirs'])
      expect(after).toContain(comment);
    expect(parseYaml({ file: 'f', text: after })[0]?.value).toEqual({
      version: 1,
      waivers: [{ rule: 'cel/x' }, item],
      vex: ['a.json'],
    });
  });

  it.each(['version: 1\n', 'version: 1\nwaivers: []\n', 'version: 1\nwaivers:\n'])('starts the list of %j', (text) => {
    expect(parseYaml({ file: 'f', text: appendToList(text, 'waivers', [item]) })[0]?.value).toEqual({
      version: 1,
      waivers: [item],
    });
  });
});
