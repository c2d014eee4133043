import { buildProgram } from '../program.js';
import { type Candidate, candidatesFor } from './candidates.js';
import { configIn, liveSources } from './live-sources.js';

/**
 * Answers the script of a shell: first `:none`, `:files` or `:folders`, then a word a line, with a tab before its description.
 *
 * @param given the shell, `--`, the words behind `holdfast`, the last of them under the cursor
 */
export async function answer(host: NodeJS.Process, given: readonly string[]): Promise<void> {
  const [shell, , ...typed] = given;
  const words = shell === 'bash' ? rejoined(typed) : [...typed];
  const current = words.pop() ?? '';
  const program = buildProgram(host, '', [], () => {});
  const sources = liveSources(configIn(words), host.env);
  const found = await candidatesFor(program, words, current, sources);
  // Bash and zsh take what stands before the = away by themselves.
  const lead = shell === 'fish' ? (/^--[a-z-]+=/.exec(current)?.[0] ?? '') : '';
  const lines = found.words.map((candidate) => `${lead}${lineOf(candidate)}`);
  host.stdout.write(`${[`:${found.paths}`, ...lines].join('\n')}\n`);
}

function lineOf({ value, description }: Candidate): string {
  return description === undefined || description === '' ? value : `${value}\t${description}`;
}

/** Bash cuts words at `:` and `=` (COMP_WORDBREAKS), and gives the signs as words of their own. */
function rejoined(words: readonly string[]): string[] {
  const joined: string[] = [];
  let glue = false;
  for (const word of words) {
    const isSign = /^[:=]+$/.test(word);
    if ((isSign || glue) && joined.length > 0) joined.push(`${joined.pop() ?? ''}${word}`);
    else joined.push(word);
    glue = isSign;
  }
  return joined;
}
