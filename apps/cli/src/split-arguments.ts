/** Command line arguments, cut at the first `--`. */
export interface SplitArguments {
  /** Options and operands. */
  readonly head: readonly string[];
  /** Operands only, whatever they begin with; `undefined` where there is no `--`. */
  readonly tail: readonly string[] | undefined;
}

/** Cuts before the parser sees it: the parser swallows the `--` and takes what follows for options again in a subcommand. */
export function splitArguments(given: readonly string[]): SplitArguments {
  const at = given.indexOf('--');
  return at === -1 ? { head: given, tail: undefined } : { head: given.slice(0, at), tail: given.slice(at + 1) };
}
