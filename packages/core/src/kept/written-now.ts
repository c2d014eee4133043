import { readdirSync, readFileSync, statSync } from 'node:fs';

/** The two lowest bits of a descriptor's flags say how it was opened: 0 to read, 1 to write, 2 for both (fcntl(2), `O_ACCMODE`). */
const ACCESS_MODE = 0o3;

/**
 * Which files some program has open for writing now, as {@link inodeKey} names them: what it writes next goes into the file that it has
 * open, whatever that is called by then. Linux only, and only of the programs whose descriptors this user may see (proc(5), `/proc/pid/fd`
 * and `fdinfo`): elsewhere none is known.
 */
export function filesWrittenNow(procFolder = '/proc'): ReadonlySet<string> {
  const found = new Set<string>();
  if (process.platform !== 'linux') return found;
  for (const pid of namesIn(procFolder)) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    for (const descriptor of namesIn(`${procFolder}/${pid}/fd`)) {
      try {
        const stats = statSync(`${procFolder}/${pid}/fd/${descriptor}`, { bigint: true });
        if (!stats.isFile()) continue;
        const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`${procFolder}/${pid}/fdinfo/${descriptor}`, 'latin1'));
        if ((Number.parseInt(flags?.[1] ?? '0', 8) & ACCESS_MODE) !== 0) found.add(inodeKey(stats));
      } catch {
        // Closed meanwhile, or not ours to see.
      }
    }
  }
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A file as the name of what is kept of it: a device and a number on it are no two files at one time. */
export function inodeKey({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev.toString(36)}-${ino.toString(36)}`;
}
