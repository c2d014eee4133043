import { CliError } from '../cli-error.js';
import type { Output } from './output.js';
import { terminalSafe } from './terminal-safe.js';

/**
 * Prints the bytes of a stored file as they are, until the reader leaves. On a terminal only text passes, unless `raw` says that
 * anything may.
 *
 * @throws CliError `BINARY_CONTENT`, and what the bytes' own stream throws
 */
export async function printContent(
  output: Output,
  path: string,
  content: AsyncIterable<Uint8Array>,
  raw: boolean,
): Promise<void> {
  const refuse = (): CliError =>
    new CliError({
      code: 'BINARY_CONTENT',
      message: `"${path}" holds characters that would disturb the terminal`,
      hint: 'Send it to a file or a program: > FILE or | less; --raw prints it all the same, --verbose says what it is.',
    });
  for await (const chunk of output.isTerminal && !raw ? terminalSafe(content, refuse) : content) {
    await output.content(chunk);
    if (output.closed) break;
  }
}
