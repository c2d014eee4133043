/** The shells that `holdfast completion` has a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** Bash 3.2 (macOS) and later; `compopt` is of bash 4, and only makes paths prettier. */
const BASH = String.raw`# Completion of holdfast for bash. In ~/.bashrc: source <(holdfast completion bash)
_holdfast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" paths line
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  case "$current" in [:=]*) current="\${current#[:=]}" ;; esac
  while IFS= read -r line; do
    if [ -z "$paths" ]; then
      paths="$line"
      continue
    fi
    line="\${line%%$'\t'*}"
    case "$line" in "$current"*) COMPREPLY+=("$line") ;; esac
  done < <("$1" __complete bash -- "\${words[@]}" 2>/dev/null)
  local action
  case "$paths" in :files) action=file ;; :folders) action=directory ;; *) return 0 ;; esac
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(compgen -A "$action" -- "$current")
  return 0
}
complete -F _holdfast holdfast
`;

const ZSH = String.raw`#compdef holdfast
# Completion of holdfast for zsh. In ~/.zshrc, behind compinit: source <(holdfast completion zsh)
_holdfast() {
  local -a lines found
  local line value
  lines=("\${(@f)$("$words[1]" __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)lines[2,-1]}"; do
    value="\${line%%$'\t'*}"
    found+=("\${value//:/\\:}:\${line#*$'\t'}")
  done
  [[ $words[CURRENT] == --*=* ]] && compset -P 1 '*='
  (( $#found )) && _describe -V holdfast found
  case $lines[1] in
    :files) _files ;;
    :folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _holdfast ]]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`;

const FISH = String.raw`# Completion of holdfast for fish. In ~/.config/fish/config.fish: holdfast completion fish | source
function __holdfast_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
    set -l lead (string match -r -- '^--[a-z-]+=' "$current")
    set -l rest (string replace -r -- '^--[a-z-]+=' '' "$current")
    switch "$lines[1]"
        case ':files'
            for path in (__fish_complete_path "$rest")
                echo "$lead$path"
            end
        case ':folders'
            for path in (__fish_complete_directories "$rest")
                echo "$lead$path"
            end
    end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`;

/** The script of a shell: it asks the program itself what fits, so it never has to be made anew. */
export function completionScript(shell: Shell): string {
  const scripts: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
  // A template literal keeps the backslash before what would be one of its own places.
  return scripts[shell].replaceAll('\\${', '${');
}
