import type { Option } from './option.ts';
import { optionEntries } from './table.ts';

type Flagged = Option & { readonly flag: NonNullable<Option['flag']> };

/** The flags of `check` or `merge`, or some of them by name. */
export function flagsOf(command: 'check' | 'merge', only?: readonly string[]): readonly Flagged[] {
  return optionEntries.flatMap(([, { flag, ...rest }]) =>
    flag === undefined || (flag.of ?? command) !== command || only?.includes(flag.name) === false ? [] : [{ ...rest, flag }],
  );
}

/** For node:util's parser. */
export function parserOptions(flags: readonly Flagged[]) {
  return Object.fromEntries(
    flags.map(({ type, flag: { name, short, value } }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: type === 'list' || type === 'files',
        ...(short !== undefined && { short }),
      },
    ]),
  );
}

const width = 130;
const indent = 24;

/** The lines of `--help`. */
export function flagHelp(flags: readonly Flagged[]): string {
  return flags
    .map((option) => {
      const { name, value } = option.flag;
      const head = `  --${name}${value === undefined ? '' : ` ${value}`}`;
      const [first = '', ...more] = wrapped(flagText(option));
      const lines = head.length < indent - 1 ? [`${head.padEnd(indent)}${first}`] : [head, `${' '.repeat(indent)}${first}`];
      return [...lines, ...more.map((line) => `${' '.repeat(indent)}${line}`)].join('\n');
    })
    .join('\n');
}

function flagText({ text, otherwise, type, flag }: Flagged): string {
  const value = flag.default ?? (flag.text === undefined ? otherwise : undefined);
  const notes = [
    flag.note,
    type === 'list' ? 'May be repeated.' : undefined,
    value === undefined ? undefined : `Default: ${value}.`,
  ];
  return [flag.text ?? text, ...notes.filter((note) => note !== undefined)].join(' ').replaceAll('`', '');
}

function wrapped(text: string): readonly string[] {
  return text.match(new RegExp(`.{1,${width - indent}}(?:\\s|$)`, 'g'))?.map((line) => line.trimEnd()) ?? [];
}
