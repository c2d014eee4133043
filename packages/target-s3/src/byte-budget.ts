/**
 * How much of all running uploads may be held in memory. Whoever wants to fill a buffer takes its bytes first and waits its
 * turn; a single request larger than the whole budget is let through when nothing else is held.
 *
 * Nobody waits here while it holds what others wait for, but for the source it reads: a part is taken, filled, sent, given back.
 */
export class ByteBudget {
  readonly #limitBytes: number;
  #heldBytes = 0;
  readonly #queue: { readonly sizeBytes: number; readonly go: () => void }[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Most bytes that were ever held at once. */
  peakBytes = 0;

  /**
   * Waits until `sizeBytes` fit, and takes them.
   *
   * @returns gives them back; calling it again does nothing.
   * @throws whatever `signal.reason` is, if the signal fires first
   */
  async take(sizeBytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#queue.length > 0 || !this.#fits(sizeBytes)) {
      await new Promise<void>((resolve, reject) => {
        const entry = { sizeBytes, go: settle };
        const queue = this.#queue;
        function settle(): void {
          signal.removeEventListener('abort', onAbort);
          resolve();
        }
        const onAbort = (): void => {
          queue.splice(queue.indexOf(entry), 1);
          reject(signal.reason);
          // Whoever stood behind may fit now.
          this.#serve();
        };
        signal.addEventListener('abort', onAbort, { once: true });
        queue.push(entry);
      });
    } else {
      this.#hold(sizeBytes);
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#heldBytes -= sizeBytes;
      this.#serve();
    };
  }

  #fits(sizeBytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + sizeBytes <= this.#limitBytes;
  }

  #hold(sizeBytes: number): void {
    this.#heldBytes += sizeBytes;
    this.peakBytes = Math.max(this.peakBytes, this.#heldBytes);
  }

  /** In order of arrival: a large one is not overtaken for ever by small ones. */
  #serve(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#fits(next.sizeBytes); next = this.#queue[0]) {
      this.#queue.shift();
      this.#hold(next.sizeBytes);
      next.go();
    }
  }
}
