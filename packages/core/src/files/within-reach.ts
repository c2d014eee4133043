import { closeSync, constants, existsSync, openSync } from 'node:fs';

/** `PATH_MAX` of linux/limits.h without its closing NUL: no call takes a longer path, though trees may be deeper. */
const LONGEST_PATH_BYTES = 4095;
const SLASH = 0x2f;
/** A descriptor that only says which folder is meant: open(2), `O_PATH`; Node has no name for it. */
const PATH_ONLY = 0o10000000;

/**
 * Calls `use` with an address of the path that the system takes, also where the path is longer than it takes paths: on Linux a folder
 * on the way is opened and the rest is addressed through it (proc(5), `/proc/pid/fd`). Elsewhere, and for paths that are not too long, it
 * is the path itself.
 *
 * @param use works with the address before it returns: afterwards it means nothing.
 * @throws what `use` throws; the error of the system for a folder on the way.
 */
export function withinReach<Result>(path: Buffer, use: (address: Buffer) => Result): Result {
  if (path.length <= LONGEST_PATH_BYTES || process.platform !== 'linux' || !existsSync('/proc/self/fd'))
    return use(path);
  let address = path;
  let descriptor: number | undefined;
  try {
    while (address.length > LONGEST_PATH_BYTES) {
      const slash = address.lastIndexOf(SLASH, LONGEST_PATH_BYTES);
      const folder = openSync(address.subarray(0, slash), PATH_ONLY | (constants.O_DIRECTORY ?? 0));
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = folder;
      address = Buffer.concat([Buffer.from(`/proc/self/fd/${folder}`), address.subarray(slash)]);
    }
    return use(address);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
