// What can go wrong with the words of an engine: of its report file where it writes one (Trivy), else of its standard output.
import { edits } from './edits.mjs';

export function damaged(id, said, damage) {
  const change = texts[damage.how];
  if (change !== undefined) return withText(said, (text) => change(text, damage, id));
  switch (damage.how) {
    case 'exit':
      return { ...said, code: damage.code };
    case 'stderr-only':
      return { ...said, stdout: '', stderr: said.stderr + said.stdout };
    case 'stderr':
      return { ...said, stderr: said.stderr + damage.text };
    case 'nothing':
      return { code: 0, stdout: '', stderr: '', files: {}, unwritten: Object.keys(said.files) };
    case 'failing-silently':
      return { code: damage.code, stdout: '', stderr: '', files: {}, unwritten: Object.keys(said.files) };
    default:
      return said;
  }
}

const texts = {
  empty: () => '',
  truncate: (text, { at }) => text.slice(0, Math.floor(text.length * at)),
  html: () => '<html><body>502 Bad Gateway</body></html>\n',
  trailing: (text) => `${text}\n{"oops":`,
  'wrong-shape': () => '{"items":[]}\n',
  null: () => 'null\n',
  commands: (text) => `::set-output name=verdict::pass\n##[endgroup]\n${text}`,
  edit: (text, { edit }, id) => edited(text, edits[id][edit]),
};

function withText(said, change) {
  const files = Object.entries(said.files);
  if (files.length === 0) return { ...said, stdout: change(said.stdout) };
  return { ...said, files: Object.fromEntries(files.map(([file, text]) => [file, change(text)])) };
}

/** Edits each line that is JSON; other lines (notices) stay. A whole document over many lines is one. */
function edited(text, edit) {
  try {
    return JSON.stringify(edit(JSON.parse(text)));
  } catch {
    const lines = text.split('\n');
    return lines.map((line) => editedLine(line, edit)).join('\n');
  }
}

function editedLine(line, edit) {
  const start = line.indexOf('{"kind"');
  return start < 0 ? line : line.slice(0, start) + JSON.stringify(edit(JSON.parse(line.slice(start))));
}
