import { readOpenXattrs, removeXattrs, setXattrs } from '../files/index.js';
import type { Xattrs } from '../snapshot/index.js';

/** What an open file or folder should have. */
interface Order {
  readonly descriptor: number;
  readonly values: Xattrs;
}

/** Each is a descriptor of the child, too. */
const MAX_AT_ONCE = 64;

/**
 * Does the same with many open files in one child process: while one child is at work, what comes gathers for the next. Nothing is
 * waited for that may not come.
 */
class Gathered<Answer> {
  readonly #work: (orders: readonly Order[]) => Promise<readonly Answer[]>;
  readonly #waiting: { order: Order; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #isRunning = false;

  constructor(work: (orders: readonly Order[]) => Promise<readonly Answer[]>) {
    this.#work = work;
  }

  do(order: Order): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.push({ order, resolve, reject }));
    void this.#run();
    return answer;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const now = this.#waiting.splice(0, MAX_AT_ONCE);
      try {
        const answers = await this.#work(now.map(({ order }) => order));
        for (const [index, { resolve }] of now.entries()) resolve(answers[index] as Answer);
      } catch (error) {
        for (const { reject } of now) reject(error);
      }
    }
    this.#isRunning = false;
  }
}

/** Gives open files and folders their extended attributes. Everything goes by descriptors: no name is looked up, no link followed. */
export class XattrSetter {
  readonly #setting = new Gathered((orders) => setXattrs(orders));
  readonly #reading = new Gathered((orders) => readOpenXattrs(orders.map(({ descriptor }) => descriptor)));

  /** Resolves with why not all could be set, or with nothing. */
  set(descriptor: number, values: Xattrs): Promise<string | undefined> {
    return this.#setting.do({ descriptor, values });
  }

  /** Sets these, and takes away those of the kinds that are kept and not among them. Resolves with why not all could be, or with nothing. */
  async replace(descriptor: number, values: Xattrs): Promise<string | undefined> {
    const standing = await this.#reading.do({ descriptor, values });
    const strange = Object.keys(standing ?? {}).filter((name) => values[name] === undefined);
    const unremoved = strange.length === 0 ? undefined : await removeXattrs(descriptor, strange);
    const unset = Object.keys(values).length === 0 ? undefined : await this.set(descriptor, values);
    return unremoved ?? unset;
  }

  /** Does it lack any of these, or have one with another value? What it has besides does not count. */
  async lacks(descriptor: number, values: Xattrs): Promise<boolean> {
    const standing = await this.#reading.do({ descriptor, values });
    return Object.entries(values).some(([name, value]) => standing[name] !== value);
  }
}
