/** What kind of trouble an archive is in. */
export type FormatTrouble =
  /** Its bytes are not what was written. */
  | 'damaged'
  /** It is sound, perhaps, but uses something that Holdfast does not read: encryption, a method, parts on several disks. */
  | 'unsupported';

/** An archive, or one entry of it, that cannot be read. The adapter turns it into a `TargetError` with url, operation and key. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly trouble: FormatTrouble;
  readonly hint: string | undefined;

  constructor(trouble: FormatTrouble, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.trouble = trouble;
    this.hint = options.hint;
  }
}
