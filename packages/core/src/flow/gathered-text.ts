/** Text is passed on when there is so much of it, in UTF-16 units: for lines of a hundred bytes each call would cost more than the bytes. */
const GATHER_UNITS = 32 * 1024;

/** Gathers short texts, and passes them on as bytes of UTF-8. */
export class GatheredText<Result> {
  readonly #take: (bytes: Buffer) => Result;
  #text = '';

  constructor(take: (bytes: Buffer) => Result) {
    this.#take = take;
  }

  /** Adds text; gives what taking it gave, when it was enough to pass on. */
  add(text: string): Result | undefined {
    this.#text += text;
    return this.#text.length < GATHER_UNITS ? undefined : this.flush();
  }

  /** Passes on what is there. */
  flush(): Result | undefined {
    if (this.#text === '') return undefined;
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    return this.#take(bytes);
  }
}
