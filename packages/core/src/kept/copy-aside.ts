import { chmodSync, chownSync, closeSync, constants, lstatSync, openSync, utimesSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { XattrSetter } from '../destination/index.js';
import { errorCode, readXattrs, secondsOf, xattrTools } from '../files/index.js';

/** Copies a file, with its attributes, to a name that may be taken: then it was copied before. */
export async function copyAside(from: Buffer | string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    // Two paths may lead to one file; the one that came first has kept it.
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  await copyAttributes(from, to);
}

/** Gives a copy of a file the owner, extended attributes, mode and time of the file, as far as this user can. */
async function copyAttributes(from: Buffer | string, to: string): Promise<void> {
  const stats = lstatSync(from, { bigint: true });
  attempt(() => chownSync(to, Number(stats.uid), Number(stats.gid)));
  await copyXattrs(Buffer.from(from), to).catch(() => undefined);
  attempt(() => chmodSync(to, Number(stats.mode & 0o7777n)));
  const seconds = secondsOf(stats.mtimeNs);
  attempt(() => utimesSync(to, seconds, seconds));
}

async function copyXattrs(from: Buffer, to: string): Promise<void> {
  const { canRead, canSet } = xattrTools();
  if (!canRead || !canSet) return;
  const { found } = await readXattrs([
    Buffer.from(from.toString('latin1').replace(/^\/proc\/self\//, `/proc/${process.pid}/`), 'latin1'),
  ]);
  const values = found.get(0)?.values;
  if (values === undefined) return;
  const descriptor = openSync(to, 'r');
  try {
    await new XattrSetter().set(descriptor, values);
  } finally {
    closeSync(descriptor);
  }
}

/** What this user or this place cannot is left as it is. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {}
}
