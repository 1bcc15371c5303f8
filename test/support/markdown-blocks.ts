export interface Block {
  /** Line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The comment right above it: `file: src/a.ts` of `<!-- file: src/a.ts -->`. */
  readonly note: string | undefined;
}

/** The fenced code blocks of a page. */
export function codeBlocks(markdown: string): readonly Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [, margin = '', fence = '', language = ''] = /^( *)(`{3,})([\w-]*)/.exec(lines[index] ?? '') ?? [];
    if (fence === '') continue;
    const end = lines.indexOf(`${margin}${fence}`, index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: a fence that does not end`);
    const text = lines
      .slice(index + 1, end)
      .map((line) => `${line.slice(margin.length)}\n`)
      .join('');
    blocks.push({ line: index + 1, language, text, note: /^<!-- (.+) -->$/.exec(lines[index - 1] ?? '')?.[1] });
    index = end;
  }
  return blocks;
}
