/** A list of numbers that grows, in an eighth of the memory of one that may hold anything. */
export interface NumberList {
  readonly length: number;
  push(value: number): void;
  at(index: number): number;
}

/** @param make gives an empty array of a size: `(size) => new Float64Array(size)`. */
export function numberList(make: (size: number) => Float64Array | Int32Array): NumberList {
  let values = make(256);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const larger = make(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    at: (index) => values[index] ?? 0,
  };
}
