/** A hash of what is given to it piece by piece. It tells rows apart; it is no protection against whoever makes two that look alike. */
export interface TextHash {
  text(text: string): void;
  number(value: number): void;
  /** 53 bits as a whole number; begins anew. */
  take(): number;
}

const SEED_A = 0x811c9dc5;
const SEED_B = 0x9747b28c;

/** Two multiplicative hashes of 32 bits side by side (FNV-1a, and the same with the constant of MurmurHash3), of which 53 bits fit into a double. */
export function textHash(): TextHash {
  let a = SEED_A;
  let b = SEED_B;

  function add(code: number): void {
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995);
    b ^= b >>> 13;
  }

  return {
    text(text) {
      for (let at = 0; at < text.length; at += 1) add(text.charCodeAt(at));
      // The length ends it: "ab", "c" is not "a", "bc".
      add(text.length + 0x10000);
    },
    number: add,
    take() {
      a ^= a >>> 15;
      const hash = (a >>> 0) * 0x20_0000 + (b & 0x1f_ffff);
      a = SEED_A;
      b = SEED_B;
      return hash;
    },
  };
}
