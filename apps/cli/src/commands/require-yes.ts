import { CliError } from '../cli-error.js';
import type { Session } from '../session.js';

/**
 * Goes on only with `--yes` or a yes: shows what is about to be done, and asks. In a script nothing is asked.
 *
 * @param what lines already escaped
 * @param hint what to do where nobody can be asked
 * @throws CliError `NOT_CONFIRMED` without a terminal (exit status 2) or after a no.
 */
export async function requireYes(
  session: Session,
  yes: boolean,
  what: readonly string[],
  question: string,
  hint = 'Look at what would go, then add --yes.',
): Promise<void> {
  if (yes) return;
  for (const line of what) session.output.remark(line);
  const answer = await session.confirm(question);
  if (answer === true) return;
  throw new CliError({
    code: 'NOT_CONFIRMED',
    message: answer === undefined ? 'this needs a yes, and there is no terminal to ask on' : 'nothing was done',
    hint: answer === undefined ? hint : undefined,
  });
}
