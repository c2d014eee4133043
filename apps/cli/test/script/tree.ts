import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One line for each thing below a folder: path, type, permissions, time and content. Two equal trees give equal lines. */
export function treeLines(root: string): string[] {
  const lines: string[] = [];
  const visit = (path: string, shown: string): void => {
    const info = lstatSync(path, { bigint: true });
    const mode = (info.mode & 0o7777n).toString(8);
    // Node sets a time to about a microsecond, so nanoseconds are not compared.
    const time = (info.mtimeNs + 2000n) / 1_000_000n;
    if (info.isSymbolicLink()) lines.push(`${shown} link ${readlinkSync(path)}`);
    else if (info.isFile()) {
      lines.push(`${shown} file ${mode} ${time} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
    } else {
      lines.push(`${shown} folder ${mode} ${time}`);
      for (const name of readdirSync(path).sort()) visit(join(path, name), `${shown}/${name}`);
    }
  };
  visit(root, '.');
  return lines;
}
