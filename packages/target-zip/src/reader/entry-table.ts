import type { ObjectType } from '@holdfast/core/target';

/** What the directory of an archive says of one entry, apart from its name. */
export interface TableEntry {
  readonly kind: ObjectType;
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  readonly method: number;
  readonly flags: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/**
 * The directory of an archive in memory, sorted by key: 41 bytes an entry and the bytes of its name, so about 100 MB for a
 * million entries of 60 bytes. Positions count from 0 in the order of the keys.
 */
export interface EntryTable {
  readonly count: number;
  /** The first position whose key is not smaller than `key`; `count` if there is none. */
  lowerBound(key: Uint8Array): number;
  /** The first position that holds exactly this key. */
  find(key: Uint8Array): number | undefined;
  /** A view: not to be changed. */
  keyAt(position: number): Buffer;
  entryAt(position: number): TableEntry;
}

/** Fills a table. `capacity` entries at most can be added. */
export interface TableBuilder {
  add(key: Uint8Array, entry: TableEntry): void;
  /** Sorts, and gives the table. Nothing can be added after it. */
  build(): EntryTable;
}

const KINDS: readonly ObjectType[] = ['file', 'symlink', 'directory'];
const FIRST_NAME_BYTES = 64 * 1024;

/** A builder for a directory of `capacity` entries. */
export function tableBuilder(capacity: number): TableBuilder {
  const starts = new Float64Array(capacity + 1);
  const sizes = new Float64Array(capacity);
  const packed = new Float64Array(capacity);
  const offsets = new Float64Array(capacity);
  const checksums = new Uint32Array(capacity);
  const methods = new Uint16Array(capacity);
  const flags = new Uint16Array(capacity);
  const kinds = new Uint8Array(capacity);
  let names = Buffer.allocUnsafeSlow(FIRST_NAME_BYTES);
  let namesBytes = 0;
  let count = 0;

  const keyOf = (row: number): Buffer => names.subarray(starts[row], starts[row + 1]);

  function add(key: Uint8Array, entry: TableEntry): void {
    if (count === capacity) throw new RangeError('more entries than announced');
    if (namesBytes + key.byteLength > names.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(names.byteLength * 2, namesBytes + key.byteLength));
      names.copy(larger, 0, 0, namesBytes);
      names = larger;
    }
    names.set(key, namesBytes);
    namesBytes += key.byteLength;
    sizes[count] = entry.sizeBytes;
    packed[count] = entry.packedBytes;
    offsets[count] = entry.offset;
    checksums[count] = entry.crc32;
    methods[count] = entry.method;
    flags[count] = entry.flags;
    kinds[count] = KINDS.indexOf(entry.kind);
    count += 1;
    starts[count] = namesBytes;
  }

  function sortedRows(): Uint32Array {
    const compare = (left: number, right: number): number => {
      const [leftStart, leftEnd] = [starts[left], starts[left + 1]];
      const order = names.compare(names, starts[right], starts[right + 1], leftStart, leftEnd);
      return order === 0 ? left - right : order;
    };
    // Most archives are written in order or nearly so; the sort of arrays takes such runs as they are, that of typed arrays does not.
    const rows = Array.from({ length: count }, (_, row) => row).sort(compare);
    return Uint32Array.from(rows);
  }

  function build(): EntryTable {
    const rows = sortedRows();
    const rowAt = (position: number): number => {
      const row = rows[position];
      if (row === undefined) throw new RangeError(`no entry at position ${position}`);
      return row;
    };
    const number = (column: Float64Array | Uint32Array | Uint16Array | Uint8Array, row: number): number =>
      column[row] ?? 0;
    const lowerBound = (key: Uint8Array): number => {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (Buffer.compare(keyOf(rowAt(middle)), key) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    return {
      count,
      lowerBound,
      find(key) {
        const position = lowerBound(key);
        return position < count && Buffer.compare(keyOf(rowAt(position)), key) === 0 ? position : undefined;
      },
      keyAt: (position) => keyOf(rowAt(position)),
      entryAt(position) {
        const row = rowAt(position);
        return {
          kind: KINDS[number(kinds, row)] ?? 'file',
          sizeBytes: number(sizes, row),
          packedBytes: number(packed, row),
          crc32: number(checksums, row),
          method: number(methods, row),
          flags: number(flags, row),
          offset: number(offsets, row),
        };
      },
    };
  }

  return { add, build };
}
