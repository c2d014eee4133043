import type { ContentFaultCode } from '@holdfast/core/inspect';

/** What is wrong with a workbook, found deep within it. It never leaves the package: {@link faulty} says the same to the caller. */
export class ContentError extends Error {
  readonly code: ContentFaultCode;

  /** @param message in our words alone: nothing of the file stands in it. */
  constructor(code: ContentFaultCode, message: string) {
    super(message);
    this.name = 'ContentError';
    this.code = code;
  }
}

/** What is said of a file at which an error was met, whatever error: no file makes an inspector throw. */
export function contentErrorOf(error: unknown): ContentError {
  if (error instanceof ContentError) return error;
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  if (name === 'RangeError' && /string length|array (?:buffer )?(?:allocation|length)/i.test(String(message))) {
    return new ContentError('TOO_LARGE', 'to read it takes more memory than it may');
  }
  const what = typeof code === 'string' && /^[A-Z_0-9]{2,40}$/.test(code) ? code : String(name).slice(0, 40);
  return new ContentError('FAILED', `it could not be looked into (${what})`);
}
