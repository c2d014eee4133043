/** What is read from FROM is not what was stored there. */
export class DamagedSource extends Error {
  override readonly name = 'DamagedSource';
}

/** What TO gives back is not what was sent. */
export class UnequalCopy extends Error {
  override readonly name = 'UnequalCopy';

  /** The same, with what came of it. */
  and(outcome: string): UnequalCopy {
    return new UnequalCopy(`${this.message}; ${outcome}`, { cause: this.cause });
  }
}
