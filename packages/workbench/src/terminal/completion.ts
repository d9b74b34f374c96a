/** Scripts by which shells complete the command line: its commands, their options, and the words that options take. */

/** An option as a shell completes it. */
export interface CompletedOption {
  /** As it is typed: `--optimizer`. */
  readonly flag: string;
  readonly help: string;
  readonly takesValue: boolean;
  /** What it may be set to, where these are words; else files are completed. */
  readonly words: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  readonly options: readonly CompletedOption[];
  /** What its argument may be, where these are words; else files are completed. */
  readonly words: readonly string[];
}

const scripts = { bash, zsh, fish } as const;

/** The script that a shell reads. */
export function completionFor(shell: keyof typeof scripts, commands: readonly CompletedCommand[]): string {
  return scripts[shell](commands);
}

/** Options that take words, one entry for each command and option. */
function worded(commands: readonly CompletedCommand[]): readonly { readonly key: string; readonly words: string }[] {
  return commands.flatMap(({ name, options }) =>
    options
      .filter(({ words }) => words.length > 0)
      .map(({ flag, words }) => ({ key: `${name}:${flag}`, words: words.join(" ") })),
  );
}

/** Options that take anything else, as the pattern of a shell's `case`. */
function valued(commands: readonly CompletedCommand[]): string {
  return commands
    .flatMap(({ name, options }) => options.filter(({ takesValue }) => takesValue).map(({ flag }) => `${name}:${flag}`))
    .join("|");
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = worded(commands).map(({ key, words }) => `    ${key}) words="${words}" ;;`);
  const options = commands.map(({ name, options, words }) => {
    const flags = [...options.map(({ flag }) => flag), "--help"].join(" ");
    return `    ${name}) flags="${flags}" names="${words.join(" ")}" ;;`;
  });
  return `# bash completion of nabla
_nabla() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}"
  local words="" flags="" names=""
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$current"))
    return
  fi
  case "$command:$previous" in
${cases.join("\n")}
    ${valued(commands)}) return ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "$command" in
${options.join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ -n $names ]]; then
    COMPREPLY=($(compgen -W "$names" -- "$current"))
  fi
}
complete -o default -F _nabla nabla
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  // in descriptions of _arguments brackets and colons end them
  const plain = (text: string): string => text.replaceAll(/[[\]\\]/g, " ").replaceAll(":", "\\:");
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const specs = ({ options, words }: CompletedCommand): string =>
    [
      ...options.map(({ flag, help, takesValue, words: values }) => {
        const value = values.length > 0 ? `(${values.join(" ")})` : "_files";
        return quote(`${flag}[${plain(help)}]${takesValue ? `:value:${value}` : ""}`);
      }),
      quote(words.length > 0 ? `*:word:(${words.join(" ")})` : "*:file:_files"),
    ].join(" \\\n        ");
  const described = commands.map(({ name, help }) => `    ${quote(`${name}:${help.replaceAll(":", "\\:")}`)}`);
  const cases = commands.map(
    (command) => `    ${command.name})
      _arguments \\
        ${specs(command)} ;;`,
  );
  return `#compdef nabla
_nabla() {
  local -a names=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command names
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _nabla ]]; then
  _nabla "$@"
else
  compdef _nabla nabla
fi
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, help, options, words }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c nabla -n __fish_use_subcommand -a ${name} -d ${quote(help)}`,
      ...options.map(({ flag, help: meaning, takesValue, words: values }) => {
        const value = takesValue ? (values.length > 0 ? ` -x -a ${quote(values.join(" "))}` : " -r") : "";
        return `complete -c nabla ${within} -l ${flag.slice(2)}${value} -d ${quote(meaning)}`;
      }),
      ...(words.length > 0 ? [`complete -c nabla ${within} -f -a ${quote(words.join(" "))}`] : []),
    ];
  });
  return `# fish completion of nabla\n${lines.join("\n")}\n`;
}
