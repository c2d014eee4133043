/** Control characters, C1 too, but for tab and line ends; and marks that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const DISTURBING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/**
 * Passes bytes on as long as they are text that a terminal only prints.
 *
 * @throws what `refuse` makes, before the first piece that holds anything else: control characters, or bytes that are not UTF-8
 */
export async function* terminalSafe(
  chunks: AsyncIterable<Uint8Array>,
  refuse: () => Error,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (chunk?: Uint8Array): void => {
    let text: string;
    try {
      text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw refuse();
    }
    if (DISTURBING.test(text)) throw refuse();
  };
  for await (const chunk of chunks) {
    check(chunk);
    yield chunk;
  }
  check();
}
