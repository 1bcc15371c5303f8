export const shells = ['bash', 'zsh', 'fish'] as const;

export interface Script {
  readonly commands: readonly { readonly name: string; readonly summary: string; readonly options: readonly string[] }[];
  /** Words that follow a command: `engines install`. */
  readonly words: Readonly<Record<string, readonly string[]>>;
  /** Values of --engines. */
  readonly engines: readonly string[];
}

export const scripts: Readonly<Record<(typeof shells)[number], (script: Script) => string>> = { bash, zsh, fish };

function bash({ commands, words, engines }: Script): string {
  const names = commands.map(({ name }) => name).join(' ');
  const options = commands.map(({ name, options: own }) => `    ${name}) options='${own.join(' ')}' ;;`);
  const following = Object.entries(words).map(([name, list]) => `    ${name}) words='${list.join(' ')}' ;;`);
  return `# bash completion of k8s-gate
_k8s_gate() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} options='' words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names} help --help --version' -- "$current"))
    return
  fi
  case $previous in
    --engines) COMPREPLY=($(compgen -W 'auto strict ${engines.join(' ')}' -- "$current")); return ;;
    --show) COMPREPLY=($(compgen -W 'allowed' -- "$current")); return ;;
  esac
  case $command in
${options.join('\n')}
  esac
  case $command in
    help) words='${names}' ;;
${following.join('\n')}
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi ;;
  esac
}
complete -o filenames -F _k8s_gate k8s-gate
`;
}

/** zsh runs completions of bash. */
function zsh(script: Script): string {
  return `# zsh completion of k8s-gate\nautoload -U +X bashcompinit && bashcompinit\n${bash(script)}`;
}

function fish({ commands, words, engines }: Script): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\\\'")}'`;
  const seen = (name: string): string => quoted(`__fish_seen_subcommand_from ${name}`);
  return [
    '# fish completion of k8s-gate',
    ...commands.flatMap(({ name, summary, options }) => [
      `complete -c k8s-gate -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...options.map((option) => `complete -c k8s-gate -n ${seen(name)} -l ${option.slice(2)}`),
    ]),
    ...Object.entries(words).map(([name, list]) => `complete -c k8s-gate -n ${seen(name)} -f -a ${quoted(list.join(' '))}`),
    `complete -c k8s-gate -n ${seen('check')} -l engines -x -a ${quoted(['auto', 'strict', ...engines].join(' '))}`,
    '',
  ].join('\n');
}
