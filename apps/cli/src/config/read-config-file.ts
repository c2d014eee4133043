import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { configError } from './config-fault.js';

/** The name under which a config is found in the working folder. */
export const CONFIG_NAME = 'holdfast.config.json';

/** Far more than anybody writes by hand. */
const MOST_BYTES = 1024 * 1024;

/** Permission bits that let others than the owner write. */
const OTHERS_WRITE = 0o022;

/** A config as it lies there. */
export interface ConfigBytes {
  readonly realPath: string;
  readonly bytes: Buffer;
}

/**
 * Reads a config; `undefined` if there is none. One that was only found must belong to the user, or to root, and nobody else may be
 * able to write it: whoever unpacks a stranger's folder, or works in `/tmp`, must not be led by what lies there. Windows has
 * no such bits, and nothing is looked at there.
 *
 * @param isNamed the user named it (`--config`): it is theirs to choose
 * @throws CliError `CONFIG_REFUSED`, `CONFIG`
 */
export async function readConfigFile(path: string, isNamed: boolean): Promise<ConfigBytes | undefined> {
  let link: Stats;
  try {
    link = await lstat(path);
  } catch (error) {
    if (isNamed || !isAbsent(error)) throw unreadable(path, error);
    return undefined;
  }
  // Not blocking: a pipe of that name would hold the command up for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await file.stat();
    if (!isNamed) for (const one of [link, stats]) assertOwn(path, one);
    if (!stats.isFile()) throw refused(path, 'it is no file', 'Put a file there, or name one: --config FILE.');
    if (stats.size > MOST_BYTES) {
      throw configError(path, [{ position: { line: 1, column: 1 }, message: 'it is larger than 1 MiB' }]);
    }
    return { realPath: await realpath(path), bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}

function assertOwn(path: string, stats: Stats): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const hint = `Look at what is in it, then make it yours or name it: --config ${path}.`;
  if (stats.uid !== user && stats.uid !== 0) throw refused(path, 'it belongs to another user', hint);
  // The bits of a link mean nothing.
  if (stats.isSymbolicLink() || (stats.mode & OTHERS_WRITE) === 0) return;
  throw refused(path, 'others than you can write it', `Look at what is in it, then: chmod go-w ${path}.`);
}

function refused(path: string, why: string, hint: string): CliError {
  return new CliError({ code: 'CONFIG_REFUSED', message: `${path} is not used: ${why}`, hint });
}

function unreadable(path: string, error: unknown): CliError {
  const why = isAbsent(error) ? 'it is not there' : error instanceof Error ? error.message : String(error);
  const hint = 'Check path and permissions of the config.';
  return new CliError({
    code: 'CONFIG_REFUSED',
    message: `${path} cannot be read: ${why}`,
    hint,
    exitStatus: EXIT.usage,
  });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
