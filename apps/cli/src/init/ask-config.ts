import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, text } from '@clack/prompts';

/** The terminal that is asked on. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}

/** What was answered. */
export interface ConfigAnswers {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

/**
 * Asks for what was not said. `undefined` if the user has had enough (Ctrl-C, Escape): then nothing must be written.
 *
 * @param refusalOf says why an answer cannot be used
 */
export async function askForConfig(
  terminal: Terminal,
  said: { readonly sources: readonly string[]; readonly targets: readonly string[] },
  refusalOf: (sources: readonly string[], targets: readonly string[]) => string | undefined,
): Promise<ConfigAnswers | undefined> {
  const sources =
    said.sources.length > 0
      ? said.sources
      : await askForSeveral(
          terminal,
          ['What is to be backed up? A folder or a file', 'Anything else? Enter for no'],
          './data',
          (words) => refusalOf(words, []),
        );
  if (sources === undefined) return undefined;
  const targets =
    said.targets.length > 0
      ? said.targets
      : await askForSeveral(
          terminal,
          ['Where to? A folder, zip:FOLDER or s3://bucket/prefix', 'And where else? Enter for nowhere'],
          './backups',
          (words) => refusalOf([], words),
        );
  return targets === undefined ? undefined : { sources, targets };
}

/** Asks whether the config is to be written as it is shown. */
export async function askToWrite(terminal: Terminal, path: string, content: string): Promise<boolean> {
  terminal.output.write(`\n${content}\n`);
  const answer = await confirm({ ...terminal, message: `Write this to ${path}?` });
  return answer === true;
}

/** Asks for one word, and then for more of its kind until there is no answer. `undefined` if the user has had enough. */
export async function askForSeveral(
  terminal: Terminal,
  [first, next]: readonly [string, string],
  example: string,
  refusalOf: (words: readonly string[]) => string | undefined,
): Promise<readonly string[] | undefined> {
  const words: string[] = [];
  for (;;) {
    const isFirst = words.length === 0;
    const answer = await text({
      ...terminal,
      message: isFirst ? first : next,
      ...(isFirst ? { placeholder: example, defaultValue: example } : {}),
      validate: (word) => (word === undefined || word.trim() === '' ? undefined : refusalOf([word.trim()])),
    });
    if (isCancel(answer)) return undefined;
    // Enter gives the example first, and the end after that.
    const word = answer === undefined ? '' : answer.trim();
    if (word === '') return words;
    words.push(word);
  }
}
