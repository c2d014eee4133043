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

/** The fault behind an error of a library that reads the file, or `undefined`: it is one of the system, or of the program. */
export function contentErrorOf(error: unknown): ContentError | undefined {
  if (error instanceof ContentError) return error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^Z_|^ERR_(?:_?BUFFER|OUT_OF_RANGE|ENCODING)/.test(code)) {
    return new ContentError('INVALID', 'what is compressed in it cannot be unpacked: it is damaged');
  }
  return undefined;
}
