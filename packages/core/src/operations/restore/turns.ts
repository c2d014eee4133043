/** Work that goes side by side, and work that for once has to go alone. */
export class Turns {
  #running = 0;
  #isAlone = false;
  #waiting: (() => void)[] = [];

  /** Begins when nothing goes alone. */
  async beside<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#isAlone) await this.#change();
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#wakeUp();
    }
  }

  /** Begins when everything that was begun has ended; nothing else begins before it ends. Never from inside of other work. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#isAlone) await this.#change();
    this.#isAlone = true;
    try {
      while (this.#running > 0) await this.#change();
      return await work();
    } finally {
      this.#isAlone = false;
      this.#wakeUp();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wakeUp(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
