/** Which of two files it is that could not be read. */
export class SidedError extends Error {
  readonly side: 'before' | 'after';

  constructor(side: 'before' | 'after', cause: unknown) {
    super('one of two files could not be read', { cause });
    this.name = 'SidedError';
    this.side = side;
  }
}

/** @throws SidedError whatever the work throws. */
export async function ofSide<Result>(side: 'before' | 'after', work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SidedError ? error : new SidedError(side, error);
  }
}
