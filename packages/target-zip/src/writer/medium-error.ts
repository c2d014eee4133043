/** An error of the disk while an archive was written, told apart from an error of a source, which comes out unchanged. */
export class MediumError extends Error {
  override readonly name = 'MediumError';

  constructor(cause: unknown) {
    super('the archive could not be written', { cause });
  }
}

/** Runs a call to the system; what it throws comes out as a {@link MediumError}. */
export async function onMedium<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw new MediumError(error);
  }
}
