/** What the literals of a header may be: of a number beyond 2^53 all digits. A tuple and a list differ in a header: one is a shape, the other a record. */
export type PythonLiteral =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'none' }
  | { readonly type: 'tuple' | 'list'; readonly items: readonly PythonLiteral[] }
  | { readonly type: 'dictionary'; readonly entries: ReadonlyMap<string, PythonLiteral> };

/** A text that is no literal of the few kinds that a header has. The message says where. */
export class LiteralError extends Error {}

/** NumPy itself nests records a few levels deep. A text of 64 KiB of brackets must not exhaust the stack. */
const MAX_DEPTH = 32;
/** A 64-bit number has 20 digits; to read a longer one costs the square of its length. */
const MAX_DIGITS = 40;

const SPACE = /[ \t\r\n\f]*/y;
const NUMBER = /([+-]?)(\d+)[lL]?(?![\w.])/y;
const WORD = /[A-Za-z_]\w*/y;
const PLAIN_TEXT = /[uU]?(?:'([^'\\\n]*)'|"([^"\\\n]*)")/y;
const ESCAPED_TEXT = /[uU]?(?:'((?:[^'\\\n]|\\[^\n])*)'|"((?:[^"\\\n]|\\[^\n])*)")/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Reads a literal of Python: texts, whole numbers (with the `L` of Python 2), True, False, None, tuples, lists and dictionaries
 * with texts as keys. Nothing is evaluated, and the time it takes is linear in the text.
 *
 * @throws LiteralError
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const reader = new LiteralReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonLiteral {
    if (depth > MAX_DEPTH) throw this.#fault('is nested too deeply');
    this.#match(SPACE);
    const first = this.#text[this.#at];
    if (first === '{') return this.#dictionary(depth);
    if (first === '(') return this.#tuple(depth);
    if (first === '[') return { type: 'list', items: this.#items(']', depth).items };
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#integer(number);
    return this.#textLiteral() ?? this.#word();
  }

  end(): void {
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#fault('goes on after its end');
  }

  #dictionary(depth: number): PythonLiteral {
    const entries = new Map<string, PythonLiteral>();
    this.#at += 1;
    while (!this.#takes('}')) {
      this.#match(SPACE);
      const key = this.#textLiteral();
      if (key === undefined) throw this.#fault('has no name where one is expected');
      if (!this.#takes(':')) throw this.#fault('has no value after a name');
      if (entries.has(key.value)) throw this.#fault('has a name twice');
      entries.set(key.value, this.value(depth + 1));
      if (this.#takes(',')) continue;
      if (!this.#takes('}')) throw this.#fault('is not closed');
      break;
    }
    return { type: 'dictionary', entries };
  }

  /** `(3)` is 3, and `(3,)` a tuple. */
  #tuple(depth: number): PythonLiteral {
    const { items, endsWithComma } = this.#items(')', depth);
    const [only] = items;
    if (items.length === 1 && only !== undefined && !endsWithComma) return only;
    return { type: 'tuple', items };
  }

  #items(close: string, depth: number): { items: PythonLiteral[]; endsWithComma: boolean } {
    const items: PythonLiteral[] = [];
    this.#at += 1;
    let endsWithComma = false;
    while (!this.#takes(close)) {
      items.push(this.value(depth + 1));
      endsWithComma = this.#takes(',');
      if (endsWithComma) continue;
      if (!this.#takes(close)) throw this.#fault('is not closed');
      break;
    }
    return { items, endsWithComma };
  }

  #integer([, sign = '', digits = '']: RegExpExecArray): PythonLiteral {
    if (digits.length > MAX_DIGITS) throw this.#fault('has a number that is too long');
    const value = BigInt(digits);
    return { type: 'integer', value: sign === '-' ? -value : value };
  }

  #textLiteral(): { readonly type: 'text'; readonly value: string } | undefined {
    const plain = this.#match(PLAIN_TEXT);
    if (plain !== undefined) return { type: 'text', value: plain[1] ?? plain[2] ?? '' };
    const escaped = this.#match(ESCAPED_TEXT);
    if (escaped === undefined) return undefined;
    return { type: 'text', value: this.#unescaped(escaped[1] ?? escaped[2] ?? '') };
  }

  #unescaped(text: string): string {
    return text.replace(ESCAPE, (_whole, two?: string, four?: string, eight?: string, one?: string) => {
      const hexadecimal = two ?? four ?? eight;
      const replaced =
        hexadecimal === undefined ? SIMPLE_ESCAPES[one ?? ''] : characterOf(Number.parseInt(hexadecimal, 16));
      if (replaced === undefined) throw this.#fault('has an escape that is not known');
      return replaced;
    });
  }

  #word(): PythonLiteral {
    const word = this.#match(WORD)?.[0];
    if (word === 'True' || word === 'False') return { type: 'boolean', value: word === 'True' };
    if (word === 'None') return { type: 'none' };
    throw this.#fault(this.#at >= this.#text.length ? 'ends too early' : 'has something that is no literal');
  }

  #takes(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #fault(what: string): LiteralError {
    return new LiteralError(`${what} (at its character ${this.#at + 1})`);
  }
}

function characterOf(codePoint: number): string | undefined {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
}
