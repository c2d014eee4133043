/**
 * Steps that the code of an inspector calls. It may make something else of an error than it is, so the first one is kept; and when
 * the answer is there, or was waited for long enough, nothing is taken any more.
 */
export class KeptFault {
  #isEnded = false;
  #fault: { readonly error: unknown } | undefined;

  /** Does the step. @throws its error, which is kept. */
  async pass(step: () => Promise<void>): Promise<void> {
    if (this.#isEnded) throw new Error('nothing is taken any more');
    try {
      await step();
    } catch (error) {
      this.#fault ??= { error };
      throw error;
    }
  }

  /** From now on no step is done. */
  end(): void {
    this.#isEnded = true;
  }

  /** @throws the first error of a step, whatever the inspector has made of it. */
  throwIfAny(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}
