/**
 * One reading of a stream for several consumers, in lockstep: the next piece is read when every consumer has asked for
 * it, so one piece is held. Each consumer must go on or `leave`; a consumer that ends early has left.
 */
export class SharedPieces {
  readonly #open: () => AsyncIterable<Uint8Array>;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  readonly #waiting = new Map<
    number,
    { resolve(step: IteratorResult<Uint8Array>): void; reject(error: unknown): void }
  >();
  readonly #members = new Set<number>();
  #pulling = false;

  /** @param consumers how many there will be; each has a number below it. */
  constructor(consumers: number, open: () => AsyncIterable<Uint8Array>) {
    this.#open = open;
    for (let consumer = 0; consumer < consumers; consumer++) this.#members.add(consumer);
  }

  /** Is this consumer still to be served from the one reading? After it has left, it has to read by itself. */
  has(consumer: number): boolean {
    return this.#members.has(consumer);
  }

  /** The pieces for one consumer. Once. */
  async *pieces(consumer: number): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
          this.#waiting.set(consumer, { resolve, reject });
          this.#pullIfAllWait();
        });
        if (step.done === true) return;
        yield step.value;
      }
    } finally {
      this.leave(consumer);
    }
  }

  /** The others no longer wait for this one. */
  leave(consumer: number): void {
    this.#members.delete(consumer);
    this.#waiting.delete(consumer);
    if (this.#members.size > 0) this.#pullIfAllWait();
    else if (!this.#pulling) void this.#iterator?.return?.()?.catch(() => undefined);
  }

  #pullIfAllWait(): void {
    if (this.#pulling || this.#members.size === 0 || this.#waiting.size < this.#members.size) return;
    this.#pulling = true;
    this.#iterator ??= this.#open()[Symbol.asyncIterator]();
    this.#iterator.next().then(
      (step) => this.#serve((waiter) => waiter.resolve(step)),
      (error: unknown) => this.#serve((waiter) => waiter.reject(error)),
    );
  }

  #serve(
    answer: (waiter: { resolve(step: IteratorResult<Uint8Array>): void; reject(error: unknown): void }) => void,
  ): void {
    this.#pulling = false;
    const waiters = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiter of waiters) answer(waiter);
  }
}
